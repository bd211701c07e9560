// The programs of the article "Merging shares".

import TabularRegression

func mergingShares() throws {
  var share = try Share("price ~ area + rooms", Table(csv: "january.csv"))
  try share.add(Table(csv: "march.csv"))
  try share.write(to: "winter.share")

  let saved = try Share(contentsOf: "winter.share")
  print(try saved.solve().observations)
}
