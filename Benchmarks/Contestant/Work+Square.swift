import BenchmarkSupport
import LinearAlgebra
import TabularRegression

extension Work {
  /// Products and factorizations of square matrices, as "product-100"; nil for another name. The answers do not depend
  /// on the signs of vectors.
  static func square(_ name: String, _ folder: String) throws -> Work? {
    let kind = name.prefix { $0 != "-" }
    guard ["product", "solve", "cholesky", "qr", "svd", "eigh"].contains(kind) else { return nil }
    func matrix(_ file: String) throws -> Matrix<Double> { try Matrix<Double>(npy: "\(folder)/\(file).npy") }
    let A = try matrix("X"), S = try matrix("S"), b = try matrix("y").elements
    switch kind {
    case "product":
      return Work {
        let product = A * A
        return { product.elements }
      }
    case "solve":
      return Work {
        let x = try solve(A, b)
        return { x }
      }
    case "cholesky":
      return Work {
        let lower = try Cholesky(factoring: S).lower
        return { lower.elements }
      }
    case "qr":
      return Work {
        let qr = try QR(factoring: A), (q, r) = (qr.q, qr.r)
        keep(q.elements[0])
        return { r.elements.map(abs) }
      }
    case "svd":
      return Work {
        let svd = try SVD(factoring: A)
        return { svd.values }
      }
    default:
      return Work {
        let eigen = try SymmetricEigen(factoring: S)
        return { eigen.values }
      }
    }
  }
}
