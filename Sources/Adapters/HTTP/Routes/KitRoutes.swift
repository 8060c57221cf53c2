import AudioCore
import Auth
import Foundation
import Hummingbird
import SampleLibrary
import Storage
import WaxwingService

/// `/api/kits`.
struct KitRoutes: RouteGroup {
    static let chapter = "Kits"
    let kits: Kits
    let exports: Exports

    var routes: [Route] {
        [
            Route(.get, "/api/kits", "listKits", "Kits, newest first.", list: "kits", use: list),
            Route(
                .post, "/api/kits", "createKit", "Makes a kit, with pads or without.", body: .json(NewKit.self),
                status: .created, use: create),
            Route(
                .post, "/api/kits/build", "buildKit",
                "Puts a kit together by rules out of named samples, of what a query finds, or of all; each pad says why.",
                body: .json(KitBuildOrder.self), status: .created, use: build),
            Route(.get, "/api/kits/{id}", "showKit", "One kit, with its pads and their samples.", use: show),
            Route(
                .patch, "/api/kits/{id}", "changeKit", "Changes name, tempo, banks; null takes banks away.",
                use: update),
            Route(.delete, "/api/kits/{id}", "deleteKit", "Removes a kit; samples stay.", use: delete),
            Route(
                .post, "/api/kits/{id}/duplicate", "duplicateKit", "Makes a second kit with the same pads.",
                status: .created, use: duplicate),
            Route(
                .post, "/api/kits/{id}/exchange", "exchangePads", "Lets what is on two pads change places.",
                use: exchange),
            Route(
                .put, "/api/kits/{id}/pads/{pad}", "setPad",
                "Puts a sample on a pad (A1 to J16), in place of what is there.", body: .json(PadBody.self),
                use: setPad),
            Route(
                .delete, "/api/kits/{id}/pads/{pad}", "clearPad", "Takes the sample off a pad.", use: clearPad),
            Route(
                .get, "/api/kits/{id}/check", "checkKit",
                "Everything a device would not take of a kit, or would change, and what to do.",
                query: [QueryParameter("device", .devices, "`sp404mkii` where it is left out.")], use: check),
            Route(
                .post, "/api/kits/{id}/export", "exportKit",
                "Makes the card folder of a kit, as it is now, as a ZIP file that is kept for 7 days.",
                status: .accepted, use: export),
        ]
    }

    private struct NewKit: DescribedBody {
        let name: String
        let bpm: Double?
        let banks: [KitBank]?
        let pads: [PadBody]?

        static let example = NewKit(name: "Night drive", bpm: 92, banks: [KitBank("A", bpm: 92)], pads: [.example])
    }

    private struct KitBuildOrder: DescribedBody {
        let name: String?
        let samples: [SampleID]?
        let query: RulesView?
        /// 1…16; 12 where it is left out.
        let count: Int?
        let bpm: Double?
        let seed: UInt64?
        /// A sample that the others are to go with.
        let around: SampleID?
        /// A kit whose empty pads are filled, in a copy.
        let completing: KitID?
        let device: ExportTarget.Device?

        static let example = KitBuildOrder(
            name: "Night drive", samples: [.example], query: .example, count: 12, bpm: 92, seed: 7,
            around: .example, completing: .example, device: .sp404mkii)
    }

    private struct KitChange: DescribedBody {
        let name: String?
        let bpm: Double?
        let banks: Change<[KitBank]>

        static let example = KitChange(name: "Night drive", bpm: 92, banks: .set([KitBank("A", bpm: 92)]))
    }

    private struct KitName: DescribedBody {
        let name: String?

        static let example = KitName(name: "Night drive 2")
    }

    private struct PadPair: DescribedBody {
        let pads: [PadAddress]

        static let example = PadPair(pads: [PadBody.example.pad.address, PadBody.example.pad.address])
    }

    @Sendable private func list(
        _ page: PageRequest, _ request: Request, context: APIContext
    ) async throws -> Page<KitSummaryView> {
        try await kits.kits(of: context.requirePrincipal(), page).map(KitSummaryView.init)
    }

    @Sendable private func create(_ request: Request, context: APIContext) async throws -> KitView {
        let new: NewKit = try await request.json(upTo: 512 << 10, keys: .useDefaultKeys)
        let kit = Kit(name: new.name, bpm: new.bpm ?? 120, pads: new.pads?.map(\.pad) ?? [], banks: new.banks)
        return KitView(try await kits.create(kit, of: context.requirePrincipal(), once: context.ticket))
    }

    @Sendable private func build(_ request: Request, context: APIContext) async throws -> BuiltKitView {
        let asked: KitBuildOrder = try await request.json(keys: .useDefaultKeys)
        let order = KitOrder(
            name: asked.name, samples: asked.samples, query: asked.query?.query,
            count: asked.count ?? KitOrder.usualCount, bpm: asked.bpm, seed: asked.seed ?? 0, around: asked.around,
            completing: asked.completing, device: asked.device ?? .sp404mkii)
        return BuiltKitView(try await kits.build(order, of: context.requirePrincipal(), once: context.ticket))
    }

    @Sendable private func show(_ request: Request, context: APIContext) async throws -> KitView {
        KitView(try await kits.kit(id(context), of: context.requirePrincipal()))
    }

    @Sendable private func update(
        _ change: KitChange, _ request: Request, context: APIContext
    ) async throws -> KitView {
        KitView(
            try await kits.update(
                id(context), name: change.name, bpm: change.bpm, banks: change.banks.value,
                of: context.requirePrincipal()))
    }

    @Sendable private func delete(_ request: Request, context: APIContext) async throws -> IdentifierView {
        let id = try id(context)
        try await kits.delete(id, of: context.requirePrincipal())
        return IdentifierView(id: id.text)
    }

    @Sendable private func duplicate(
        _ form: KitName?, _ request: Request, context: APIContext
    ) async throws -> KitView {
        KitView(
            try await kits.duplicate(
                id(context), as: form?.name, of: context.requirePrincipal(), once: context.ticket))
    }

    @Sendable private func exchange(
        _ pair: PadPair, _ request: Request, context: APIContext
    ) async throws -> KitView {
        guard pair.pads.count == 2 else {
            throw InvalidRequest(field: "pads", message: "'pads' are two, as [\"A1\", \"B3\"]")
        }
        return KitView(
            try await kits.exchangePads(
                pair.pads[0], pair.pads[1], of: id(context), for: context.requirePrincipal()))
    }

    @Sendable private func setPad(_ request: Request, context: APIContext) async throws -> KitView {
        let address = try pad(context)
        let body: PadBody = try await request.json(
            upTo: 16 << 10, keys: .useDefaultKeys, adding: ["pad": "\(address)"])
        guard body.pad.address == address else {
            throw InvalidRequest(field: "pad", message: "'pad' is another in the address: leave it out")
        }
        return KitView(try await kits.setPad(body.pad, of: id(context), for: context.requirePrincipal()))
    }

    @Sendable private func clearPad(_ request: Request, context: APIContext) async throws -> KitView {
        KitView(try await kits.clearPad(pad(context), of: id(context), for: context.requirePrincipal()))
    }

    @Sendable private func check(_ request: Request, context: APIContext) async throws -> KitCheckView {
        let device = try request.choice("device") ?? ExportTarget.Device.sp404mkii
        return KitCheckView(try await kits.check(id(context), for: device, of: context.requirePrincipal()))
    }

    @Sendable private func export(
        _ form: ExportBody?, _ request: Request, context: APIContext
    ) async throws -> ExportView {
        let target = form?.target ?? ExportTarget(.sp404mkii)
        return ExportView(
            try await exports.export(id(context), for: target, of: context.requirePrincipal(), once: context.ticket))
    }

    private func pad(_ context: APIContext) throws -> PadAddress {
        guard let pad = context.parameters.get("pad").flatMap({ PadAddress($0) }) else {
            throw ServiceError.notFound("pad")
        }
        return pad
    }

    private func id(_ context: APIContext) throws -> KitID {
        try context.identifier(ServiceError.notFound("kit"))
    }
}

extension Schema {
    static let devices = Schema.oneOf(ExportTarget.Device.allCases.map(\.rawValue))
}
