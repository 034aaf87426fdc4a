import Foundation
import Graph
import Runtime

/// Pages about plans.
public enum PlanPage {
    /// A page of one plan: graph, kernels and steps side by side, and the memory plan.
    ///
    /// - Parameters:
    ///   - entries: positions of the entries to show.
    ///   - profile: a file written by `dgrun --profile`, for measured times.
    /// - Throws: `view.profile`, `view.other-plan`, or what reading the plan's stages throws.
    public static func report(_ bundle: PlanBundle, entries: [Int], profile path: String?) throws(Diagnostic) -> String {
        let profile = try path.map { path throws(Diagnostic) in try StepTimes.Profile(path: path) }
        let graphs = try bundle.graphs()
        let kernels = try bundle.kernelGraphs()
        var data: [EntryData] = []
        var isMeasured = false
        for entry in entries {
            let program = bundle.programs[entry]
            var times: StepTimes?
            if let profile, let path { times = try StepTimes(profile, program, file: path) }
            isMeasured = isMeasured || times != nil
            data.append(
                EntryData(
                    graph: graphs[entry], kernels: kernels[entry], program: program,
                    predictedSeconds: bundle.manifest.entries[entry].prediction?.byFunction.mapValues(\.seconds), times: times))
        }
        if let path, !isMeasured {
            throw Diagnostic(
                "view.other-plan", path, "the profile has no run of the entries that are shown",
                expected: entries.map { bundle.programs[$0].name }.joined(separator: ", "))
        }
        let plan = plan(bundle, entries)
        return try PageText(
            contents: PageText.Contents(title: plan.name, footer: footer(bundle), plans: [plan]), data: [data],
            scripts: [
                PackageResources.base_js, PackageResources.tree_js, PackageResources.memory_js, PackageResources.report_js,
            ]
        ).html()
    }

    /// A page with the memory plans of two plans side by side.
    ///
    /// - Parameter entries: for each plan, the positions of the entries to show.
    public static func comparison(_ bundles: [PlanBundle], entries: [[Int]]) throws(Diagnostic) -> String {
        let plans = zip(bundles, entries).map { plan($0, $1) }
        let data = zip(bundles, entries).map { bundle, entries in entries.map { EntryData(program: bundle.programs[$0]) } }
        return try PageText(
            contents: PageText.Contents(
                title: plans.map(\.name).joined(separator: " and "), footer: bundles.map(footer).joined(separator: " · "),
                plans: plans),
            data: data, scripts: [PackageResources.base_js, PackageResources.memory_js, PackageResources.comparison_js]
        ).html()
    }

    private static func plan(_ bundle: PlanBundle, _ entries: [Int]) -> PageText.Plan {
        PageText.Plan(
            name: (bundle.path as NSString).lastPathComponent,
            entries: entries.map {
                PageText.Entry(name: bundle.programs[$0].name, workspaceBytes: bundle.programs[$0].workspaceBytes)
            })
    }

    private static func footer(_ bundle: PlanBundle) -> String {
        let options = bundle.manifest.origin?.options ?? []
        // Without the commit and the address that clang adds in parentheses.
        let compiler = bundle.manifest.compiler.version.prefix { $0 != "(" }.trimmingCharacters(in: .whitespaces)
        return "\(bundle.manifest.model), compiled with \(compiler)"
            + (options.isEmpty ? "" : ", options \(options.joined(separator: " "))")
    }
}
