#if ALLOCATION_LIMIT
    /// Ends the process where a reader asks for more memory at once than the size of its input explains.
    ///
    /// The address sanitizer tells of each allocation.
    enum AllocationLimit {
        /// What any reader may ask for, however small its input.
        private static let margin = 1 << 20

        nonisolated(unsafe) private static var limit = Int.max

        static func install() {
            let installed = installHooks(
                { _, size in
                    guard size > AllocationLimit.limit else { return }
                    // The message needs memory, too.
                    AllocationLimit.limit = Int.max
                    fatalError("an allocation of \(size) bytes")
                }, { _ in })
            precondition(installed != 0, "no hook for allocations")
        }

        /// Holds from now on: `bytesPerByte` times the input and the margin.
        static func set(inputSize: Int, bytesPerByte: Int) { limit = inputSize * bytesPerByte + margin }

        static func lift() { limit = Int.max }
    }

    @_silgen_name("__sanitizer_install_malloc_and_free_hooks")
    private func installHooks(
        _ allocated: @convention(c) (UnsafeRawPointer?, Int) -> Void, _ freed: @convention(c) (UnsafeRawPointer?) -> Void
    ) -> CInt
#endif
