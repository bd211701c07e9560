// Models of named columns take and return this module's `SGD`, `LinearModel`, `EpochReport`, …: one import gives both.
@_exported public import LinearRegression
