extension Matrix {
  /// A matrix of random numbers drawn evenly from a range.
  ///
  /// ```swift
  /// var generator = SeededGenerator(seed: 1)
  /// let A: Matrix<Double> = .uniform(3, 2, in: -1..<1, using: &generator)
  /// ```
  ///
  /// - Parameters:
  ///   - rows: number of rows.
  ///   - columns: number of columns.
  ///   - range: the numbers to draw from; drawn with as many random bits as `Scalar` has, 24 or 53.
  ///   - generator: a ``SeededGenerator`` for the same numbers every time, or any other generator.
  /// - Precondition: the range is not empty, and its width is finite.
  /// - Complexity: O(rows · columns), one allocation.
  @specialized(where Scalar == Float, Generator == SeededGenerator)
  @specialized(where Scalar == Double, Generator == SeededGenerator)
  public static func uniform<Generator: RandomNumberGenerator>(
    _ rows: Int, _ columns: Int, in range: Range<Scalar> = 0..<1, using generator: inout Generator
  ) -> Matrix {
    let width = range.upperBound - range.lowerBound
    require(!range.isEmpty && width.isFinite, "uniform: cannot draw from \(range)")
    let bits = Scalar.significandBitCount + 1, unit = Scalar.ulpOfOne / 2
    return Matrix(rows: rows, columns: columns) { elements in
      for i in elements.indices {
        var number: Scalar
        repeat {
          number = range.lowerBound + width * (Scalar(generator.next() >> UInt64(64 - bits)) * unit)
        } while number >= range.upperBound  // by rounding
        elements.initializeElement(at: i, to: number)
      }
    }
  }

  /// A matrix of random numbers from a normal distribution, also called Gaussian.
  ///
  /// - Parameters:
  ///   - rows: number of rows.
  ///   - columns: number of columns.
  ///   - mean: the distribution's mean.
  ///   - standardDeviation: its standard deviation.
  ///   - generator: a ``SeededGenerator`` for the same numbers every time, or any other generator.
  /// - Precondition: the standard deviation is not negative.
  /// - Complexity: O(rows · columns), one allocation. Box and Muller's method (1958, doi:10.1214/aoms/1177706645), in
  ///   Double.
  @specialized(where Scalar == Float, Generator == SeededGenerator)
  @specialized(where Scalar == Double, Generator == SeededGenerator)
  public static func normal<Generator: RandomNumberGenerator>(
    _ rows: Int, _ columns: Int, mean: Scalar = 0, standardDeviation: Scalar = 1,
    using generator: inout Generator
  ) -> Matrix {
    require(standardDeviation >= 0, "normal: a standard deviation of \(standardDeviation)")
    return Matrix(rows: rows, columns: columns) { elements in
      for i in elements.indices {
        elements.initializeElement(
          at: i, to: mean + standardDeviation * Scalar(generator.nextStandardNormal()))
      }
    }
  }
}
