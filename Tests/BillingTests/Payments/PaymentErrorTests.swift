import Billing
import Testing

@Suite struct PaymentErrorTests {
    @Test(arguments: [
        (PaymentError.refused("it has ended"), "the payment provider refuses: it has ended"),
        (.declined("Your card has no funds."), "the payment was declined: Your card has no funds."),
        (.unavailable("status 500"), "the payment provider did not answer (status 500): try again"),
    ])
    func `an error is a sentence for whoever runs a command`(error: PaymentError, sentence: String) {
        #expect("\(error)" == sentence)
    }
}
