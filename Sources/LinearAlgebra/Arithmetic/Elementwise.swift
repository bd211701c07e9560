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
/// The result is named as an operand where it is one, for loops with two pointers to the same memory are not vectorised.
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

extension RowMajor {
  /// A op B
  func combined<B: RowMajor<Scalar>>(_ operation: ElementOperation, _ b: B, _ name: StaticString) -> Matrix<Scalar> {
    let shape = shape
    require(b.shape == shape, "\(name): the shapes differ, \(shape) and \(b.shape)")
    return withUnsafeElements(of: shape) { a in
      b.withUnsafeElements(of: shape) { b in
        Matrix(rows: shape.rows, columns: shape.columns) { result in
          apply(
            operation, .elements(a.baseAddress!), .elements(b.baseAddress!), count: result.count,
            into: result.baseAddress!)
        }
      }
    }
  }

  /// A op β
  func combined(_ operation: ElementOperation, scalar: Scalar) -> Matrix<Scalar> {
    let shape = shape
    return withUnsafeElements(of: shape) { a in
      Matrix(rows: shape.rows, columns: shape.columns) { result in
        apply(
          operation, .elements(a.baseAddress!), .scalar(scalar), count: result.count, into: result.baseAddress!)
      }
    }
  }

  /// α op A
  func combined(scalar: Scalar, _ operation: ElementOperation) -> Matrix<Scalar> {
    let shape = shape
    return withUnsafeElements(of: shape) { a in
      Matrix(rows: shape.rows, columns: shape.columns) { result in
        apply(
          operation, .scalar(scalar), .elements(a.baseAddress!), count: result.count, into: result.baseAddress!)
      }
    }
  }
}

extension Matrix {
  /// A ← A op B
  mutating func combine<B: RowMajor<Scalar>>(_ operation: ElementOperation, _ b: B, _ name: StaticString) {
    require(b.shape == shape, "\(name): the shapes differ, \(shape) and \(b.shape)")
    if isEmpty { return }
    let shape = shape
    b.withUnsafeElements(of: shape) { b in
      withUnsafeMutableElements {
        apply(operation, .result, .elements(b.baseAddress!), count: $0.count, into: $0.baseAddress!)
      }
    }
  }

  /// A ← A op β
  mutating func combine(_ operation: ElementOperation, scalar: Scalar) {
    if isEmpty { return }
    withUnsafeMutableElements {
      apply(operation, .result, .scalar(scalar), count: $0.count, into: $0.baseAddress!)
    }
  }
}
