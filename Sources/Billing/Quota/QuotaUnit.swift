import Foundation
import Storage

/// What is counted against a plan.
public enum QuotaUnit: String, Codable, Sendable, SQLConvertible, CaseIterable {
    case uploads
    case analyses
    case storageBytes = "storage_bytes"
    case aiPrompts = "ai_prompts"

    /// How long a count lasts.
    public enum Window: Sendable {
        case calendarMonth, day
        /// Never ends: what is there now.
        case gauge
    }

    public var window: Window {
        switch self {
        case .uploads, .analyses: .calendarMonth
        case .aiPrompts: .day
        case .storageBytes: .gauge
        }
    }

    public func limit(in plan: Plan) -> Int? {
        switch self {
        case .uploads: plan.uploadsPerMonth
        case .analyses: plan.analysesPerMonth
        case .storageBytes: plan.storageBytes
        case .aiPrompts: plan.aiPromptsPerDay
        }
    }

    /// The name of the window that `now` lies in: `2026-11`, `2026-11-21` or `all`. UTC.
    public func period(at now: Timestamp) -> String {
        switch window {
        case .calendarMonth: String(now.description.prefix(7))
        case .day: String(now.description.prefix(10))
        case .gauge: "all"
        }
    }

    /// When the count starts again; nil for a gauge.
    public func reset(after now: Timestamp) -> Timestamp? {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let interval =
            switch window {
            case .calendarMonth: calendar.dateInterval(of: .month, for: now.date)
            case .day: calendar.dateInterval(of: .day, for: now.date)
            case .gauge: DateInterval?.none
            }
        return interval.map { Timestamp($0.end) }
    }
}

/// An amount that a plan does not allow now.
public struct QuotaExceeded: Error, Equatable, Sendable {
    public let unit: QuotaUnit
    public let limit: Int
    /// Used, and held for what is under way.
    public let taken: Int
    public let requested: Int
    public let resetsAt: Timestamp?
}

extension QuotaExceeded: CustomStringConvertible {
    public var description: String {
        let what =
            switch unit {
            case .uploads: "uploads this month"
            case .analyses: "analyses this month"
            case .storageBytes: "bytes of storage"
            case .aiPrompts: "AI prompts today"
            }
        let remedy =
            if let resetsAt {
                "wait until \(resetsAt), or change to a larger plan"
            } else {
                "delete samples, or change to a larger plan"
            }
        return "your plan allows \(limit) \(what), \(taken) are taken and this asks for \(requested): \(remedy)"
    }
}
