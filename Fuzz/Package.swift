// swift-tools-version: 6.3

import PackageDescription

let library = "swift-linear-regression"

// Built by `make fuzz` with -sanitize=fuzzer,address, which brings the program's main.
let package = Package(
  name: "Fuzz",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: library, path: "..", traits: [])],
  targets: [
    .executableTarget(
      name: "fuzz", dependencies: [.product(name: "TabularRegression", package: library)],
      path: "Sources")
  ],
  swiftLanguageModes: [.v6]
)
