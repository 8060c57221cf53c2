import AudioCore
import Auth
import Billing
import Foundation
import SampleLibrary
import Storage
import WaxwingService

// Examples of what other modules hand out, and clients see as it is.

extension AudioFeatures: Described {
    /// Of a loop of a guitar.
    static let example: AudioFeatures = {
        let text = #"""
            {"beats":[0.034,0.463], "bit_depth":null, "bpm":139.534, "bpm_agreement":1, \#
            "bpm_candidates":[{"bpm":139.534,"probability":0.951744},{"bpm":69.767,"probability":0.026513}], \#
            "bpm_confidence":0.926053, "camelot":"8A", "channels":2, \#
            "chroma":[0.628463,0.314777,0.217836,0.271254,0.389711,0.350405,0.269257,0.333898,0.531003,0.594955,0.638182,0.715656], \#
            "chroma_std":[0.298522,0.189104,0.186997,0.220739,0.332676,0.269906,0.24871,0.224571,0.288684,0.28328,0.284926,0.25467], \#
            "duration":3.474285714285714, "embedded":null, "file":"loop.ogg", "format":"ogg", "frames":153216, \#
            "harmonic_ratio":0.759739, "key":"A", \#
            "key_candidates":[{"key":"A","probability":0.998675,"relation":null,"scale":"minor"},{"key":"E","probability":0.000493724,"relation":null,"scale":"major"}], \#
            "key_confidence":0.972312, "kind":"loop", "loudness_lufs":-11.327, "loudness_momentary_max_lufs":-8.63632, \#
            "loudness_range_lu":0.510278, "loudness_short_term_max_lufs":-11.0051, "metadata":{"markers":[],"software":"Xiph.Org \#
            libVorbis I 20020717"}, \#
            "mfcc":[-222.079,149.607,-9.41763,39.5577,9.75543,19.3036,4.57225,13.6267,0.229719,-8.62236,-4.42936,-12.6959,-11.7278,-13.9635,-7.87148,-10.1338,-5.91243,-2.65801,-5.61524,-5.65827], \#
            "mfcc_std":[116.102,39.1348,34.7281,18.4916,22.2595,14.9387,12.7546,10.5528,8.86663,9.98156,9.9987,8.14295,7.29272,7.55504,7.56142,6.66993,7.2936,5.98802,5.90687,7.33502], \#
            "onset_strength":1.39403, "onset_strength_std":2.63228, "onsets":[0.036,0.244], "pitch":null, "pitch_note":null, \#
            "pitch_share":null, "rms":0.144802, "rms_std":0.0914963, "role":"vocal", \#
            "role_candidates":[{"role":"vocal","score":0.342159},{"role":"melodic","score":0.261975}], \#
            "role_confidence":0.424835, "role_reason":"A clear pitch for 44 % of the time, the pitch wanders by 2.87 semitones, \#
            28 % of the spectrum changes in 70 ms, 18 % noise from 400 to 4,000 Hz; the next best is melodic.", \#
            "sample_peak_dbfs":1.502, "sample_rate":44100, "scale":"minor", "spectral_bandwidth":2359.33, \#
            "spectral_bandwidth_std":1009.2, "spectral_centroid":1795.79, "spectral_centroid_std":1309.81, \#
            "spectral_contrast":[18.7011,11.9452,17.5262,18.1748,18.5868,22.9176,56.1011], \#
            "spectral_contrast_std":[6.71749,4.08244,4.35056,4.25843,4.05343,6.51254,7.95774], "spectral_flatness":0.000872076, \#
            "spectral_flatness_std":0.00827898, "spectral_rolloff":3904.62, "spectral_rolloff_std":2966.58, \#
            "true_peak_dbtp":1.74678, "truncated":false, "tuning_cents":-2.9, "zero_crossing_rate":0.0348145, \#
            "zero_crossing_rate_std":0.0447473}
            """#
        guard let features = try? JSONDecoder().decode(AudioFeatures.self, from: Data(text.utf8)) else {
            preconditionFailure("the example of features cannot be read")
        }
        return features
    }()
}

extension AuditEntry: Described {
    static let example = AuditEntry(
        id: .example, createdAt: .example,
        event: AuditEvent(
            .signedIn, of: .example, by: .user(.example),
            from: RequestOrigin(address: "192.0.2.7", device: DeviceName("Firefox on Debian"))))
}

extension AccountDeletion: Described {
    static let example = AccountDeletion(
        removed: RemovedAccount(sessions: 2, refreshTokens: 1, apiKeys: 1, links: 0, blankedEntries: 14),
        underWay: LibraryCount(samples: 120, songs: 0, files: 0, kits: 2, collections: 3), job: .example)
}

extension PlanOffer: Described {
    /// The dearest: one with prices and add-ons.
    static let example: PlanOffer = {
        guard let book = try? PlanProfile.saas.book,
            let offer = PlanOffer.all(of: book).last(where: { !$0.addOns.isEmpty })
        else { preconditionFailure("the plans of the profile cannot be read") }
        return offer
    }()
}

extension UsageReport: Described {
    static let example = UsageReport(days: UTCDay(.example)...UTCDay(.laterExample), lines: [])
}
