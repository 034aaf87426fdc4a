import ArgumentParser
import CommandLineSupport

struct RunnerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dgrun", abstract: "Runs, trains, evaluates and measures compiled plans.",
        subcommands: [
            RunCommand.self, TrainCommand.self, AblateCommand.self, SweepCommand.self, EvaluateCommand.self, PredictCommand.self,
            ReportCommand.self, BenchCommand.self, DataCommand.self, SyntheticCommand.self, VerifyCommand.self, DoctorCommand.self,
            HelpCommand.self,
        ])
}

CommandExit.run(RunnerCommand.self)
