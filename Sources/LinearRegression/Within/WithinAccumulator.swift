package import LinearAlgebra

extension LeastSquares {
  /// A share of an exact fit with a category of many levels: as ``Accumulator``, but the levels are no features. Rows
  /// come with the number of their level, and the levels cost O(levels (p + k)) numbers instead of O(levels²).
  ///
  /// ```swift
  /// var share = LeastSquares.WithinAccumulator(features: 20)
  /// try share.add(X, y, levels: codes, of: 10_000)
  /// let fit = try share.solve(columns: LevelColumns(first: 20, levels: 10_000, hasReference: true))
  /// ```
  package struct WithinAccumulator: Equatable, Sendable {
    /// Number of features beside the levels, p.
    package let features: Int

    /// Number of targets, k.
    package let targets: Int

    /// What the rows were reduced to; nil as long as there is none.
    var factor: WithinFactor<Double>?

    /// Relative precision of the data, the coarsest of all that were added.
    var epsilon = 0.0

    /// An empty share.
    package init(features: Int, targets: Int = 1) {
      require(features >= 0 && targets > 0, "a share of \(features) features and \(targets) targets")
      (self.features, self.targets) = (features, targets)
    }

    /// Number of rows whose weight is not zero.
    package var observations: Int { factor?.counts.observations ?? 0 }

    /// Number of levels, those without rows too.
    package var levels: Int { factor?.means.count ?? 0 }

    /// Adds rows.
    ///
    /// - Parameters:
    ///   - X: rows × p, without the category.
    ///   - y: rows × k.
    ///   - levels: the level of each row.
    ///   - count: number of levels.
    ///   - weights: one weight per row; nil for 1.
    /// - Throws: ``DataError`` with the row counted from the first of X; the share is then as it was.
    /// - Precondition: the shapes fit; levels are at least 0 and less than `count`.
    /// - Complexity: 2 rows (p + k)² flops on all cores, O(count (p + k)) memory for each of several parts.
    package mutating func add<M: RowMajor>(
      _ X: M, _ y: Matrix<M.Scalar>, levels: [Int32], of count: Int, weights: [M.Scalar]? = nil
    ) throws(DataError) {
      require(
        X.columnCount == features && y.shape == Shape(X.rowCount, targets),
        "add: X is \(X.shape) and y is \(y.shape), but the share has \(features) features and \(targets) targets"
      )
      require(
        levels.count == X.rowCount && (weights.map { $0.count == X.rowCount } ?? true),
        "add: X is \(X.shape) but there are \(levels.count) levels and \(weights?.count ?? X.rowCount) weights"
      )
      require(
        levels.allSatisfy { $0 >= 0 && $0 < count }, "add: a level is not one of \(count)")
      if X.rowCount == 0 { return }
      let layout = DesignLayout(features: features, targets: targets, hasOnes: false)
      // Means are taken out, so that units are shifted as with an intercept.
      let shifted = DesignLayout(features: features, targets: targets, hasOnes: true)
      var rows: WithinFactor<Double>
      do throws(DataError) {
        rows = try Observations.with(X, y, weights: weights) { (rows) throws(DataError) in
          var units = ColumnUnits(sampling: rows, centered: true), passes = 0
          return try units.inSoundUnits(rows, shifted, passes: &passes) { units in
            let factor = levels.withUnsafeBufferPointer {
              WithinFactor.of(
                LevelRows(rows: rows, levels: $0.baseAddress!), layout, units, levels: count)
            }
            return (factor.inDouble, factor.columnSizes)
          }
        }
      } catch {
        // A pass sees that a value is not finite; this says where.
        do throws(DataError) {
          try DataError.check(X, y, weights: weights)
        } catch {
          if error == .noWeight { return }  // rows that are absent
          throw error
        }
        throw error
      }
      epsilon = max(epsilon, Double(M.Scalar.ulpOfOne))
      if factor == nil { factor = rows } else { factor!.merge(rows) }
    }

    /// Joins with the share of other rows.
    ///
    /// - Parameter renumbered: which level here each of the other's is: a new one where it is `levels` or more. Two may
    ///   be the same one. Nil where they are counted the same.
    /// - Throws: ``DataError/columnsDiffer(features:targets:)``.
    /// - Precondition: there is a number for each of the other's levels.
    /// - Complexity: 2 levels (p + k)² flops for the levels of the other.
    package mutating func merge(
      _ other: WithinAccumulator, levels renumbered: [Int32]? = nil
    ) throws(DataError) {
      guard features == other.features, targets == other.targets else {
        throw .columnsDiffer(features: [features, other.features], targets: [targets, other.targets])
      }
      require(
        renumbered.map { $0.count == other.levels } ?? true,
        "merge: \(renumbered?.count ?? 0) numbers for \(other.levels) levels")
      epsilon = max(epsilon, other.epsilon)
      guard let theirs = other.factor else { return }
      if factor == nil, renumbered == nil { return factor = theirs }
      if factor == nil {
        var units = ColumnUnits(identity: 0)
        (units.shifts, units.scales) = (theirs.shifts, theirs.scales)
        factor = WithinFactor(theirs.layout, units, levels: 0)
      }
      if let renumbered { factor!.merge(theirs, levels: renumbered) } else { factor!.merge(theirs) }
    }

    /// The share with some of the columns of [X y], counted from 0, as features and others as targets.
    ///
    /// - Complexity: 2 (p + k) q² flops for q columns that stay, and a copy of their means.
    package func selecting(features columns: [Int], targets chosen: [Int]) -> WithinAccumulator {
      var share = WithinAccumulator(features: columns.count, targets: chosen.count)
      share.epsilon = epsilon
      share.factor = factor?.selecting(columns, targets: chosen)
      return share
    }
  }
}

extension WithinFactor {
  fileprivate func selecting(_ features: [Int], targets: [Int]) -> WithinFactor {
    let columns = features + targets
    let layout = DesignLayout(features: features.count, targets: targets.count, hasOnes: false)
    return WithinFactor(
      layout, shifts: columns.map { shifts[$0] }, counts, means.selecting(columns),
      TriangularFactor(
        Self.flat(layout), factor.units.selecting(columns), factor.counts, factor.triangle.selecting(columns))
    )
  }
}
