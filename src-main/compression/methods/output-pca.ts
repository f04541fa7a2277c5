/**
 * Principal components of the centred outputs: the best low rank when the bias may change with it.
 *
 * With μ the mean and Σ = C − μᵀμ the covariance of the inputs, W′ = W·V_r·V_rᵀ for the top eigenvectors of WᵀΣW, and
 * the bias takes over what the mean loses: b′ = b + μ·(W − W′). Never worse than whitened-svd on the calibration set,
 * at the same size; W′ = W gives b′ = b.
 * Source: LiteASR (arXiv 2502.20583), in the form without its division by the output mean; docs/numerics.md, "Low rank".
 */
import { WorkbenchError } from '@contract/errors'
import { lowRankFactors } from '../low-rank-factors'
import { covariance, inputMean } from '../second-moment'
import type { LowRankMethod } from './low-rank-method'

export const outputPca: LowRankMethod = {
  name: 'output-pca',
  version: 2,
  needsCalibration: true,
  minimises: 'centred-outputs',
  async factorize(weight, { moments, damping, products }) {
    if (moments === undefined)
      throw new WorkbenchError('internal', 'output-pca was not given its statistics.')
    const factors = await lowRankFactors(weight, covariance(moments, damping), products)
    return { ...factors, inputMean: inputMean(moments) }
  }
}
