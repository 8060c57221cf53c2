// Passwords, tokens, refresh tokens and API keys on a database in memory: `swift run --package-path Examples/Auth auth`.
import Auth
import Storage
import StorageSQLite

let clock = SystemClock()
let database = try SQLiteDatabase.inMemory()
try await database.migrate([AuthSchema.migrations], at: clock.now())

// A service keeps its keys: in a file (`KeyFile`), or sealed in the database (`SealedKeys`).
let store = MemoryKeyStore(try .random(at: clock.now()))
let keys = try Keys(store.load(), from: store)
let (sessions, apiKeys, tokens) = (Sessions(database), APIKeys(database), AccessTokens(keys: keys))
let refreshTokens = RefreshTokens(database, sessions: sessions, keys: keys)
let passwords = PasswordSignIn(
    database, tokens: tokens, sessions: sessions, hasher: PasswordHasher(),
    attempts: PasswordAttempts(RateLimiter(MemoryKeyValueStore())))
let authenticator = FirstOf([
    APIKeyAuthenticator(database, keys: apiKeys),
    BearerAuthenticator(database, tokens: tokens, sessions: sessions),
])

let (email, password) = ("ada@example.com", "nine bats over Pisa")
let origin = RequestOrigin(address: "192.0.2.7")
let ada = try await passwords.register(email: email, password: password, name: "Ada", from: origin)
print("registered: \(ada.email), \(ada.role)")

// What a session begins with is made in the transaction that begins it.
let signedIn = try await passwords.signIn(email: email, password: password, from: origin) { session, transaction in
    try refreshTokens.start(for: session, in: transaction)
}
let access = try tokens.issue(for: signedIn.session)
let caller = try await authenticator.authenticate(Credentials(bearerToken: access))
print("by access token: \(caller?.user == ada.id ? "Ada" : "nobody")")

let next = try await refreshTokens.refresh(signedIn.extra.token, from: origin)
print("refreshed: the session \(next.session.id == signedIn.session.id ? "goes on" : "is another")")

guard let name = UserName("backup"), let read = Scope("library:read"), let write = Scope("library:write") else {
    throw AuthError.nameRefused
}
let made = try await apiKeys.create(for: ada.id, name: name, scopes: .only([read]))
if let program = try await authenticator.authenticate(Credentials(apiKey: made.secret.text)) {
    print("by API key: may read \(program.scopes.allow(read)), may write \(program.scopes.allow(write))")
}

try await passwords.logout(signedIn.session.id, of: ada.id, from: origin)
do {
    _ = try await authenticator.authenticate(Credentials(bearerToken: access))
} catch {
    print("signed out: \(error)")
}
