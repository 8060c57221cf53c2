import Auth
import Foundation
import Hummingbird
import SampleLibrary
import Storage
import WaxwingService

/// `/api/collections`.
struct CollectionRoutes: RouteGroup {
    static let chapter = "Collections"
    let collections: Collections

    var routes: [Route] {
        [
            Route(
                .get, "/api/collections", "listCollections",
                "Collections directly in one, or at the top, in their order.",
                query: [QueryParameter("parent", .string(format: "uuid"), "The collection they are in.")],
                list: "collections", use: list),
            Route(
                .post, "/api/collections", "createCollection",
                "Makes a collection: filled by hand, or by rules that are judged whenever it is looked at.",
                body: .json(NewCollection.self), status: .created, use: create),
            Route(
                .put, "/api/collections/order", "arrangeCollections",
                "Brings the collections of one place into an order; those not named follow as they were.",
                use: arrange),
            Route(.get, "/api/collections/{id}", "showCollection", "One collection, with its count.", use: show),
            Route(
                .patch, "/api/collections/{id}", "changeCollection",
                "Names a collection anew, moves it, gives it rules; null takes parent or rules away.",
                body: .json(CollectionChange.self), use: update),
            Route(
                .delete, "/api/collections/{id}", "deleteCollection",
                "Removes a collection and those in it; samples stay.", use: delete),
            Route(
                .get, "/api/collections/{id}/samples", "listCollectionSamples",
                "The samples of a collection: in its order, or as its rules find them now.",
                query: [.limit, .cursor], answers: [.page(SampleView.self)], use: samples),
            Route(
                .post, "/api/collections/{id}/samples", "addCollectionSamples", "Puts samples at the end.",
                use: addSamples),
            Route(
                .put, "/api/collections/{id}/samples", "arrangeCollectionSamples",
                "Brings samples to the front, in order; the others follow as they were.",
                use: arrangeSamples),
            Route(
                .delete, "/api/collections/{id}/samples/{sample}", "removeCollectionSample",
                "Takes a sample out of a collection.", use: removeSample),
        ]
    }

    private struct NewCollection: DescribedBody {
        let name: String
        let parent: CollectionID?
        let rules: RulesView?

        static let example = NewCollection(name: "Slow drums", parent: .example, rules: .example)
    }

    private struct CollectionOrder: DescribedBody {
        let parent: CollectionID?
        let collections: [CollectionID]

        static let example = CollectionOrder(parent: .example, collections: [.example])
    }

    private struct CollectionChange: DescribedBody {
        let name: String?
        let parent: Change<CollectionID>
        let rules: Change<RulesView>

        static let example = CollectionChange(name: "Slow drums", parent: .set(.example), rules: .set(.example))
    }

    private struct SampleList: DescribedBody {
        let samples: [SampleID]

        static let example = SampleList(samples: [.example])
    }

    @Sendable private func list(
        _ page: PageRequest, _ request: Request, context: APIContext
    ) async throws -> Page<CollectionView> {
        let parent: CollectionID? = try request.identifier("parent", ServiceError.notFound("collection"))
        return try await collections.collections(in: parent, of: context.requirePrincipal(), page)
            .map(CollectionView.init)
    }

    @Sendable private func create(_ request: Request, context: APIContext) async throws -> CollectionView {
        let new: NewCollection = try await request.json(keys: .useDefaultKeys)
        return CollectionView(
            try await collections.create(
                new.name, in: new.parent, rules: new.rules?.query, of: context.requirePrincipal(),
                once: context.ticket))
    }

    @Sendable private func arrange(
        _ order: CollectionOrder, _ request: Request, context: APIContext
    ) async throws -> Nothing {
        try await collections.arrange(order.collections, in: order.parent, of: context.requirePrincipal())
        return Nothing()
    }

    @Sendable private func show(_ request: Request, context: APIContext) async throws -> CollectionView {
        CollectionView(try await collections.collection(id(context), of: context.requirePrincipal()))
    }

    @Sendable private func update(_ request: Request, context: APIContext) async throws -> CollectionView {
        let change: CollectionChange = try await request.json(keys: .useDefaultKeys)
        return CollectionView(
            try await collections.update(
                id(context), name: change.name, parent: change.parent.value,
                rules: change.rules.value.map { $0?.query }, of: context.requirePrincipal()))
    }

    @Sendable private func delete(_ request: Request, context: APIContext) async throws -> IdentifierView {
        let id = try id(context)
        try await collections.delete(id, of: context.requirePrincipal())
        return IdentifierView(id: id.text)
    }

    @Sendable private func samples(_ request: Request, context: APIContext) async throws -> Response {
        let page = try await collections.samples(
            of: id(context), for: context.requirePrincipal(), limit: request.pageLimit(),
            after: request.parameter("cursor"))
        return try context.answer(page.items.map(SampleView.init), next: page.next, to: request)
    }

    @Sendable private func addSamples(
        _ list: SampleList, _ request: Request, context: APIContext
    ) async throws -> CollectionView {
        CollectionView(
            try await collections.change(.add, list.samples, of: id(context), for: context.requirePrincipal()))
    }

    @Sendable private func arrangeSamples(
        _ list: SampleList, _ request: Request, context: APIContext
    ) async throws -> CollectionView {
        CollectionView(
            try await collections.change(.arrange, list.samples, of: id(context), for: context.requirePrincipal()))
    }

    @Sendable private func removeSample(_ request: Request, context: APIContext) async throws -> CollectionView {
        guard let sample = context.parameters.get("sample").flatMap(SampleID.init) else {
            throw ServiceError.notFound("sample")
        }
        return CollectionView(
            try await collections.change(.remove, [sample], of: id(context), for: context.requirePrincipal()))
    }

    private func id(_ context: APIContext) throws -> CollectionID {
        try context.identifier(ServiceError.notFound("collection"))
    }
}
