import Graph

/// Pages about plans.
public enum PlanPage {
    /// A page of one plan: graph, kernels and steps side by side, and the memory plan.
    ///
    /// - Parameter path: a file written by `dgrun --profile`, for measured times.
    /// - Throws: `view.profile` or `view.other-plan`.
    public static func report(_ plan: ViewedPlan, profile path: String? = nil) throws(Diagnostic) -> String {
        let profile = try path.map { path throws(Diagnostic) in try StepTimes.Profile(path: path) }
        var data: [EntryData] = []
        var isMeasured = false
        for entry in plan.entries {
            var times: StepTimes?
            if let profile, let path { times = try StepTimes(profile, entry.program, file: path) }
            isMeasured = isMeasured || times != nil
            data.append(
                EntryData(
                    graph: entry.graph, kernels: entry.kernels, program: entry.program, predictedSeconds: entry.predictedSeconds,
                    times: times))
        }
        if let path, !isMeasured {
            throw Diagnostic(
                "view.other-plan", path, "the profile has no run of the entries that are shown",
                expected: plan.entries.map(\.program.name).joined(separator: ", "))
        }
        return try PageText(
            contents: PageText.Contents(title: plan.name, footer: plan.footer, plans: [contents(plan)]), data: [data],
            scripts: [
                PackageResources.base_js, PackageResources.tree_js, PackageResources.memory_js, PackageResources.report_js,
            ]
        ).html()
    }

    /// A page with the memory plans of two plans side by side.
    public static func comparison(_ plans: [ViewedPlan]) throws(Diagnostic) -> String {
        try PageText(
            contents: PageText.Contents(
                title: plans.map(\.name).joined(separator: " and "), footer: plans.map(\.footer).joined(separator: " · "),
                plans: plans.map(contents)),
            data: plans.map { plan in plan.entries.map { EntryData(program: $0.program) } },
            scripts: [PackageResources.base_js, PackageResources.memory_js, PackageResources.comparison_js]
        ).html()
    }

    private static func contents(_ plan: ViewedPlan) -> PageText.Plan {
        PageText.Plan(
            name: plan.name,
            entries: plan.entries.map { PageText.Entry(name: $0.program.name, workspaceBytes: $0.program.workspaceBytes) })
    }
}
