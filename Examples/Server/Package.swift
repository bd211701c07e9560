// swift-tools-version: 6.3

import PackageDescription

let library = "swift-linear-regression"

let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
]

// A package of its own: a model of named columns behind HTTP. Only this example needs what it depends on.
let package = Package(
  name: "Server",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: library, path: "../.."),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-atomics", from: "1.3.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.14.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    .executableTarget(
      name: "server",
      dependencies: [
        .product(name: "TabularRegression", package: library),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Atomics", package: "swift-atomics"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      path: "Sources", swiftSettings: strict),
    .testTarget(
      name: "serverTests",
      dependencies: [
        "server",
        .product(name: "LinearAlgebra", package: library),
        .product(name: "HummingbirdTesting", package: "hummingbird"),
      ],
      path: "Tests", swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
