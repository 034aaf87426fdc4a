/// A matrix of doubles of the reference interpreter, row-major.
struct Matrix {
    let rows: Int
    let columns: Int
    var elements: [Double]

    init(rows: Int, columns: Int, repeating value: Double) {
        (self.rows, self.columns) = (rows, columns)
        elements = [Double](repeating: value, count: rows * columns)
    }

    /// The matrix with a number among those that the last two axes of a tensor hold.
    init(_ tensor: Tensor, _ number: Int, rows: Int, columns: Int) {
        (self.rows, self.columns) = (rows, columns)
        let size = rows * columns
        elements = Array(tensor.elements[number * size..<(number + 1) * size])
    }

    subscript(row: Int, column: Int) -> Double {
        get { elements[row * columns + column] }
        set { elements[row * columns + column] = newValue }
    }

    var transposed: Matrix {
        var result = Matrix(rows: columns, columns: rows, repeating: 0)
        for row in 0..<rows {
            for column in 0..<columns { result[column, row] = self[row, column] }
        }
        return result
    }

    /// (a + aᵀ)/2.
    var symmetricPart: Matrix {
        var result = self
        for row in 0..<rows {
            for column in 0..<columns { result[row, column] = 0.5 * (self[row, column] + self[column, row]) }
        }
        return result
    }

    static func * (a: Matrix, b: Matrix) -> Matrix {
        var result = Matrix(rows: a.rows, columns: b.columns, repeating: 0)
        for row in 0..<a.rows {
            for inner in 0..<a.columns {
                for column in 0..<b.columns { result[row, column] += a[row, inner] * b[inner, column] }
            }
        }
        return result
    }
}
