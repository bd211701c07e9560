// swift-tools-version: 6.3

import PackageDescription

let library = "swift-linear-regression"

let package = Package(
  name: "Examples",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: library, path: "..", traits: [])],
  targets: [
    // The README's program.
    .executableTarget(
      name: "QuickStart", dependencies: [.product(name: "LinearRegression", package: library)],
      path: "QuickStart",
      exclude: ["expected.txt"]),
    // The programs of the documentation's articles.
    .executableTarget(
      name: "Articles", dependencies: [.product(name: "TabularRegression", package: library)],
      path: "Articles",
      exclude: ["expected.txt"]),
    // The teaching notebook that this package grew from, step by step.
    .executableTarget(
      name: "Notebook", dependencies: [.product(name: "LinearRegression", package: library)],
      path: "Notebook",
      exclude: ["expected.txt"]),
    // A real data set: fitted, trained, written to a model file and read again.
    .executableTarget(
      name: "Diabetes", dependencies: [.product(name: "TabularRegression", package: library)],
      path: "Diabetes",
      exclude: ["expected.txt", "README.md", "diabetes.csv"]),
  ],
  swiftLanguageModes: [.v6]
)
