// The programs of the article "Training by SGD".

import LinearRegression

func trainingBySGD() throws {
  let X = numbers(500, 20), y = numbers(500, 1).elements
  let batch = numbers(10, 20), targets = numbers(10, 1).elements

  let loop = SGD(epochs: 3, batchSize: 10, learningRate: 0.03, standardize: false)
  let steps = SGD(epochs: 50, learningRate: .cosine(0.1), momentum: 0.9, averaging: .tail(0.5))
  print(try loop.train(X, y).model, try steps.train(X, y).model)

  let run = try SGD().train(X, y)
  print(run.model, run.stopReason)  // converged
  print(run.epochs.last?.gapToExact ?? .nan)  // the largest distance of a coefficient from the exact solution

  var online = OnlineSGD(features: 20)
  try online.partialFit(batch, targets)
  print(online.model)
}

func watchedRuns() async throws {
  let X = numbers(500, 20), y = numbers(500, 1).elements

  let training = try Training(SGD(), X, y)
  for try await progress in training.progress(every: 1_000_000) {
    print(progress.rows, progress.lossSinceLast ?? .nan)
  }
  let finished = try training.run(), state = training.state  // a model; and what another process goes on from

  let run = try await SGD().trainInBackground(X, y) { report in print(report.epoch, report.loss) }
  print(run.model, run.stopReason)  // interrupted, where the task was cancelled

  _ = (finished, state)
}
