/// The passwords that are tried first. Shorter ones are refused by their length.
///
/// A list, and what the lists of guessers are made of: one of the commonest words with up to six digits or signs behind it,
/// in any case, with look-alikes for letters (`Dr@gon2024!`).
enum CommonPasswords {
    static func contains(_ password: String) -> Bool {
        let folded = password.lowercased()
        return words.contains(folded) || Set(folded.unicodeScalars).count == 1 || stems.contains(stem(of: folded))
    }

    /// The word that a password was made of to please a rule about kinds of characters.
    private static func stem(of text: String) -> String {
        var word = Substring(text)
        for _ in 0..<6 where word.last?.isLetter == false { word.removeLast() }
        return String(word.map { lookAlikes[$0] ?? $0 })
    }

    private static let lookAlikes: [Character: Character] = [
        "@": "a", "4": "a", "3": "e", "1": "i", "!": "i", "0": "o", "$": "s", "5": "s", "7": "t",
    ]

    private static let stems: Set<String> = [
        "abc", "abcd", "admin", "administrator", "amanda", "andrea", "andrew", "angel", "anthony", "arsenal", "ashley",
        "asdf", "asdfgh", "austin", "azerty", "badboy", "bailey", "banana", "barcelona", "baseball", "batman", "bitch",
        "brandon", "buster", "charlie", "cheese", "chelsea", "chocolate", "computer", "cookie", "daniel", "default",
        "diamond", "dragon", "eminem", "fender", "ferrari", "flower", "football", "forever", "freedom", "friends",
        "fuckyou", "gandalf", "george", "ginger", "guest", "guitar", "hammer", "hannah", "harley", "hello", "hockey",
        "hunter", "iloveyou", "internet", "jasmine", "jennifer", "jessica", "jordan", "joshua", "justin", "killer",
        "letmein", "liverpool", "london", "love", "lovely", "maggie", "martin", "master", "matrix", "matthew",
        "melissa", "mercedes", "michael", "michelle", "monkey", "monster", "mustang", "naruto", "nicole", "nothing",
        "orange", "parola", "pass", "password", "passwort", "patrick", "pepper", "phoenix", "player", "pokemon",
        "princess", "purple", "qazwsx", "qwer", "qwert", "qwerty", "qwertz", "rangers", "robert", "root", "samsung",
        "samantha", "school", "secret", "server", "shadow", "silver", "soccer", "spiderman", "spring", "starwars",
        "summer", "sunshine", "superman", "taylor", "test", "tester", "thomas", "thunder", "tigger", "tinkerbell",
        "user", "vanessa", "welcome", "whatever", "william", "winter", "yankees", "zxcvbn", "zxcvbnm",
    ]

    private static let words: Set<String> = [
        "0123456789", "01234567", "012345678", "0987654321", "1029384756", "11223344", "1122334455", "12121212",
        "12341234", "123123123", "123321123", "1234554321", "12345678", "123456789", "1234567890", "12345678910",
        "1234qwer", "123456abc", "123456qwerty", "123qweasd", "123qweasdzxc", "147258369", "1a2b3c4d", "1q2w3e4r",
        "1q2w3e4r5t", "1q2w3e4r5t6y", "1qaz2wsx", "1qaz2wsx3edc", "1qazxsw2", "31415926", "741852963", "87654321",
        "987654321", "9876543210", "a1b2c3d4", "a1234567", "a12345678", "aa123456", "aa12345678", "abc12345",
        "abc123456", "abcd1234", "abcdefgh", "abcdefghi", "administrator", "admin123", "admin1234", "adminadmin",
        "asdasdasd", "asdf1234", "asdfasdf", "asdfghjk", "asdfghjkl", "asdfjkl;", "azertyui", "azertyuiop", "babygirl",
        "baseball", "basketball", "blink182", "butterfly", "changeme", "charlie1", "chocolate", "computer", "corvette",
        "danielle", "default1", "dragon123", "einstein", "elephant", "facebook", "fktrcfylh", "football", "football1",
        "fuckyou1", "guitar123", "hello123", "helloworld", "iloveyou", "iloveyou1", "internet", "jennifer", "jordan23",
        "justinbieber", "letmein1", "letmein123", "liverpool", "liverpool1", "logitech", "lovelove", "loveyou1",
        "master123", "maverick", "mercedes", "metallica", "michael1", "michelle", "midnight", "minecraft", "monkey123",
        "mustang1", "nicholas", "nintendo", "p@ssw0rd", "p@ssword", "pa$$w0rd", "pa55word", "passpass", "passw0rd",
        "password", "password!", "password0", "password1", "password1!", "password12", "password123", "password1234",
        "password2", "passwort", "passwort1", "pokemon1", "pokemon123", "princess", "princess1", "q1w2e3r4",
        "q1w2e3r4t5", "qazwsx123", "qazwsxedc", "qwe123qwe", "qweasdzxc", "qwer1234", "qwert123", "qwerty12",
        "qwerty123", "qwerty1234", "qwerty12345", "qwertyui", "qwertyuiop", "qwertz123", "qwertzui", "qwertzuiop",
        "rockstar", "root1234", "samantha", "scorpion", "secret123", "security", "slipknot", "snowball", "spiderman",
        "starwars", "steelers", "sunshine", "sunshine1", "superman", "superman1", "swordfish", "test1234", "testtest",
        "trustno1", "victoria", "welcome1", "welcome123", "whatever", "william1", "yankees1", "zaq12wsx", "zaq1zaq1",
        "zxcvbnm1", "zxcvbnm,", "zxcvbnm123",
    ]
}
