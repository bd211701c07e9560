import LinearAlgebra
import LinearRegression

extension EpochReport {
  /// "epoch  7/100  loss 1463.21  distance to exact 0.0123"
  func line(of epochs: Int) -> String {
    let number = aligned(String(epoch), .right, width: String(epochs).count)
    let loss = aligned(formatted(self.loss, significantDigits: 6), .left, width: 8)
    let distance = gapToExact.map { "  distance to exact \(formatted($0, significantDigits: 3))" } ?? ""
    return "epoch \(number)/\(epochs)  loss \(loss)\(distance)"
  }
}
