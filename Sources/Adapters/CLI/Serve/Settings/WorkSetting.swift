import AudioCore
import Billing
import Foundation
import Jobs

/// What the service does, for whom and when.
enum WorkSetting {
    static let profile = Setting<PlanProfile>(
        choice: "WAXWING_PROFILE", standard: "`self-hosted`",
        "One generous plan; or `saas`: free (after 12 to 24 hours, in quiet ones), pro, enterprise.")
    static let plans = Setting(
        "WAXWING_PLANS",
        """
        A plan file instead of a profile. Its `request_limits` say how many requests are answered; over them is 429 with \
        `Retry-After`.
        """
    ) { try PlanBook(file: $0) }
    static let quietHours = Setting(
        "WAXWING_QUIET_HOURS", standard: "`01:00-06:00 UTC`",
        """
        When the jobs of plans with a delay start (`delay_seconds` to `delay_until_seconds`), where that leaves room for it; \
        with the time zone of any city, `23:00-05:00 Europe/Amsterdam`.
        """
    ) { text in
        guard let hours = QuietHours(text) else {
            throw SettingsError(
                name: "WAXWING_QUIET_HOURS", value: text,
                expected: "two times of the day and perhaps a time zone, as '01:00-06:00 Europe/Amsterdam'")
        }
        return hours
    }
    static let workers = Setting(
        "WAXWING_WORKERS", in: 0...256, standard: "cores", "Jobs at once in this process; 0 for none.")
    static let ffmpeg = Setting(
        "WAXWING_FFMPEG", "`on`, or the path of ffmpeg: M4A and AAC are taken too."
    ) { text in
        guard let ffmpeg = text == "on" ? FFmpeg.installed() : FFmpeg(executable: text) else {
            throw SettingsError(
                name: "WAXWING_FFMPEG", value: text,
                expected: "'on', with ffmpeg installed, or the absolute path of that program")
        }
        return ffmpeg
    }

    static let all = [profile.about, plans.about, quietHours.about, workers.about, ffmpeg.about]
}
