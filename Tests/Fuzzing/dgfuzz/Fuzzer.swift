#if FUZZER
    /// The driver of libFuzzer, which is linked into builds with `-sanitize=fuzzer`.
    enum Fuzzer {
        typealias Target = @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt

        nonisolated(unsafe) private static var reader = FuzzedReader.graph

        static func run(_ reader: FuzzedReader) -> CInt {
            self.reader = reader
            #if ALLOCATION_LIMIT
                AllocationLimit.install()
            #endif
            var count = CommandLine.argc
            var arguments = CommandLine.unsafeArgv
            return runDriver(&count, &arguments) { bytes, count in
                #if ALLOCATION_LIMIT
                    AllocationLimit.set(inputSize: count, bytesPerByte: Fuzzer.reader.bytesPerByte)
                    defer { AllocationLimit.lift() }
                #endif
                _ = Fuzzer.reader.refusal(of: UnsafeBufferPointer(start: bytes, count: count))
                return 0
            }
        }
    }

    /// libFuzzer looks for it by name, but is given another function.
    @_cdecl("LLVMFuzzerTestOneInput")
    public func unusedFuzzerTarget(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt { 0 }

    @_silgen_name("LLVMFuzzerRunDriver")
    private func runDriver(
        _ count: UnsafeMutablePointer<CInt>,
        _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>, _ target: Fuzzer.Target
    ) -> CInt
#endif
