// The loops behind the operators that work element by element.

/// What is done to two elements.
enum ElementOperation {
  case add, subtract, multiply, divide
}

/// The left or right side of an operation on elements.
enum ElementOperand<Scalar: BLASScalar> {
  /// As many elements as the result has.
  case elements(UnsafePointer<Scalar>)
  /// One number, with every element.
  case scalar(Scalar)
  /// What the result holds before.
  case result
}

/// result(i) ← a(i) op b(i) for `count` elements.
///
/// The result is named as an operand where it is one: loops with two pointers to the same memory are not vectorised.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
func apply<Scalar: BLASScalar>(
  _ operation: ElementOperation, _ a: ElementOperand<Scalar>, _ b: ElementOperand<Scalar>, count: Int,
  into result: UnsafeMutablePointer<Scalar>
) {
  @inline(__always)
  func forEach(_ body: (Scalar, Scalar) -> Scalar) {
    switch (a, b) {
    case (.elements(let a), .elements(let b)): for i in 0..<count { result[i] = body(a[i], b[i]) }
    case (.elements(let a), .scalar(let b)): for i in 0..<count { result[i] = body(a[i], b) }
    case (.elements(let a), .result): for i in 0..<count { result[i] = body(a[i], result[i]) }
    case (.scalar(let a), .elements(let b)): for i in 0..<count { result[i] = body(a, b[i]) }
    case (.scalar(let a), .scalar(let b)): for i in 0..<count { result[i] = body(a, b) }
    case (.scalar(let a), .result): for i in 0..<count { result[i] = body(a, result[i]) }
    case (.result, .elements(let b)): for i in 0..<count { result[i] = body(result[i], b[i]) }
    case (.result, .scalar(let b)): for i in 0..<count { result[i] = body(result[i], b) }
    case (.result, .result): for i in 0..<count { result[i] = body(result[i], result[i]) }
    }
  }
  switch operation {
  case .add: forEach { $0 + $1 }
  case .subtract: forEach { $0 - $1 }
  case .multiply: forEach { $0 * $1 }
  case .divide: forEach { $0 / $1 }
  }
}

extension Matrix {
  /// A op B
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func combined(_ operation: ElementOperation, _ b: Matrix, _ name: StaticString) -> Matrix {
    require(b.shape == shape, "\(name): the shapes differ, \(shape) and \(b.shape)")
    return withUnsafeElements { a in
      b.withUnsafeElements { b in
        filled(operation) { (.elements(a.baseAddress!), .elements(b.baseAddress!)) }
      }
    }
  }

  /// A op β
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func combined(_ operation: ElementOperation, scalar: Scalar) -> Matrix {
    withUnsafeElements { a in filled(operation) { (.elements(a.baseAddress!), .scalar(scalar)) } }
  }

  /// α op A
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func combined(scalar: Scalar, _ operation: ElementOperation) -> Matrix {
    withUnsafeElements { a in filled(operation) { (.scalar(scalar), .elements(a.baseAddress!)) } }
  }

  /// A matrix of this shape with the results of an operation; the operands are not asked for where there are none.
  @inline(__always)
  private func filled(
    _ operation: ElementOperation, _ operands: () -> (ElementOperand<Scalar>, ElementOperand<Scalar>)
  ) -> Matrix {
    Matrix(rows: rowCount, columns: columnCount) { result in
      let (a, b) = operands()
      apply(operation, a, b, count: result.count, into: result.baseAddress!)
    }
  }

  /// A ← A op B
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  mutating func combine(_ operation: ElementOperation, _ b: Matrix, _ name: StaticString) {
    require(b.shape == shape, "\(name): the shapes differ, \(shape) and \(b.shape)")
    if isEmpty { return }
    b.withUnsafeElements { b in
      withUnsafeMutableElements {
        apply(operation, .result, .elements(b.baseAddress!), count: $0.count, into: $0.baseAddress!)
      }
    }
  }

  /// A ← A op β
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  mutating func combine(_ operation: ElementOperation, scalar: Scalar) {
    if isEmpty { return }
    withUnsafeMutableElements {
      apply(operation, .result, .scalar(scalar), count: $0.count, into: $0.baseAddress!)
    }
  }
}
