/// How money is taken.
enum PaymentSetting {
    static let key = Setting(
        "STRIPE_KEY", or: "STRIPE_SECRET_KEY", isSecret: true,
        "`sk_…`: plans are paid for through Stripe: [how](Docs/Billing.md).")
    static let webhookSecret = Setting(
        "STRIPE_WEBHOOK_SECRET", isSecret: true,
        "`whsec_…`, of the endpoint `/api/webhook`; two with a comma between them while one is replaced.")
    static let base = Setting("STRIPE_API_BASE", standard: "Stripe", "Another program that speaks like it.")
    static let way = Setting(
        "WAXWING_PAYMENTS",
        """
        `development`, with `WAXWING_ENVIRONMENT=development` and on loopback alone: nobody pays, `waxwing dev billing` plays \
        the provider.
        """
    ) { text in
        guard text == "development" else {
            throw SettingsError(
                name: "WAXWING_PAYMENTS", value: text, expected: "'development', or unset; STRIPE_KEY takes real money")
        }
        return text
    }

    static let all = [key.about, webhookSecret.about, base.about, way.about]
}
