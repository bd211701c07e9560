// Whoever fits a model builds matrices first: one import gives both.
@_exported public import LinearAlgebra
