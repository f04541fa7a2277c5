/**
 * How many directions carry the energy of a spectrum: exp(-Σ p ln p) with p = σ² ÷ Σσ². 0 for a spectrum of zeros.
 *
 * Source: Roy & Vetterli, "The effective rank", EUSIPCO 2007, over energies in place of values.
 */
export function effectiveRank(singularValues: readonly number[]): number {
  const energy = singularValues.reduce((sum, value) => sum + value * value, 0)
  if (energy === 0) return 0
  return Math.exp(
    singularValues.reduce((entropy, value) => {
      const share = (value * value) / energy
      return share === 0 ? entropy : entropy - share * Math.log(share)
    }, 0)
  )
}
