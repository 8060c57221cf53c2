import Testing

@testable import WaxwingProviders

@Suite struct StripeParameterTests {
    @Test func `names nest in brackets, lists count from nought, everything is percent-encoded`() {
        let parameters: StripeParameter = [
            "items": [["id": "si_1", "deleted": true], ["price": "price_1", "quantity": 2]],
            "metadata": ["note": "ä & b=c+d"], "expand": ["data.charge"],
        ]
        #expect(
            parameters.form
                == "items%5B0%5D%5Bid%5D=si_1&items%5B0%5D%5Bdeleted%5D=true&items%5B1%5D%5Bprice%5D=price_1"
                + "&items%5B1%5D%5Bquantity%5D=2&metadata%5Bnote%5D=%C3%A4%20%26%20b%3Dc%2Bd&expand%5B0%5D=data.charge")
    }

    @Test func `an empty text is sent, because it takes a value away; an empty list or object is not there`() {
        let parameters: StripeParameter = ["cancel_at": "", "items": [], "metadata": [:]]
        #expect(parameters.form == "cancel_at=")
        #expect(([:] as StripeParameter).form == "")
    }

    @Test func `what somebody writes into a value cannot become another parameter`() {
        let parameters: StripeParameter = ["email": .text("a@b&items[0][price]=free\r\n\u{0}")]
        #expect(parameters.form == "email=a%40b%26items%5B0%5D%5Bprice%5D%3Dfree%0D%0A%00")
    }
}
