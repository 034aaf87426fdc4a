import Graph
import Passes
import Testing

@Suite struct DeadCodeTests {
    @Test func whatNobodyReadsGoes() throws {
        try Graph.expect(
            """
            input %x : f32[2]
            input %unused : f32[2]
            %a = exp %x : f32[2]
            %b = log %a : f32[2]
            %c = log %unused : f32[2]
            output a = %a
            """,
            becomes: """
                input %x : f32[2]
                input %unused : f32[2]
                %a = exp %x : f32[2]
                output a = %a
                """, DeadCode.pass)
    }

    @Test func whatNobodyReadsOfALoopGoes() throws {
        // The first carried value feeds the result, the second only itself; one invariant, one entry and one stack are dead.
        try Graph.expect(
            """
            input %a : f32[2]
            input %b : f32[2]
            input %c : f32[2]
            input %d : f32[2]
            input %e : f32[3,2]
            input %f : f32[3,2]
            %x, %y, %all, %more = scan %a, %b, %c, %d, %e, %f {count=3, carried=2, scanned=2, reverse=true} : f32[2], f32[2], f32[3,2], f32[3,2] {
              input %a : f32[2]
              input %b : f32[2]
              input %c : f32[2]
              input %d : f32[2]
              input %e : f32[2]
              input %f : f32[2]
              %ad = multiply %a, %d : f32[2]
              %af = add %ad, %f : f32[2]
              %bc = multiply %b, %c : f32[2]
              %be = add %bc, %e : f32[2]
              output x = %af
              output y = %be
              output all = %ad
              output more = %bc
            }
            output all = %all
            """,
            becomes: """
                input %a : f32[2]
                input %b : f32[2]
                input %c : f32[2]
                input %d : f32[2]
                input %e : f32[3,2]
                input %f : f32[3,2]
                %x, %all = scan %a, %d, %f {count=3, carried=1, scanned=1, reverse=true} : f32[2], f32[3,2] {
                  input %a : f32[2]
                  input %d : f32[2]
                  input %f : f32[2]
                  %ad = multiply %a, %d : f32[2]
                  %af = add %ad, %f : f32[2]
                  output x = %af
                  output all = %ad
                }
                output all = %all
                """, DeadCode.pass)
    }

    @Test func aCarriedValueLivesThroughAnother() throws {
        // Only %x is returned; %y is read by it, and %z by %y.
        let chain = """
            input %x : f32[]
            input %y : f32[]
            input %z : f32[]
            %a, %b, %c = scan %x, %y, %z {count=3, carried=3, scanned=0, reverse=false} : f32[], f32[], f32[] {
              input %x : f32[]
              input %y : f32[]
              input %z : f32[]
              %next = exp %z : f32[]
              output x = %y
              output y = %z
              output z = %next
            }
            output a = %a
            """
        try Graph.expect(chain, becomes: chain, DeadCode.pass)
    }

    @Test func deadLoopsInLoopsGo() throws {
        try Graph.expect(
            """
            input %x : f32[]
            input %w : f32[]
            %a = scan %x, %w {count=3, carried=1, scanned=0, reverse=false} : f32[] {
              input %x : f32[]
              input %w : f32[]
              %i, %j = scan %x, %w {count=2, carried=2, scanned=0, reverse=false} : f32[], f32[] {
                input %i : f32[]
                input %j : f32[]
                %next = exp %i : f32[]
                %other = exp %j : f32[]
                output i = %next
                output j = %other
              }
              output a = %i
            }
            output a = %a
            """,
            becomes: """
                input %x : f32[]
                input %w : f32[]
                %a = scan %x {count=3, carried=1, scanned=0, reverse=false} : f32[] {
                  input %x : f32[]
                  %i = scan %x {count=2, carried=1, scanned=0, reverse=false} : f32[] {
                    input %i : f32[]
                    %next = exp %i : f32[]
                    output i = %next
                  }
                  output a = %i
                }
                output a = %a
                """, DeadCode.pass)
    }
}
