/**
 * Activation-aware low rank: loses least of the layer's *outputs* on inputs distributed like the calibration set.
 *
 * Minimises ‖X·(W − W′)‖ over W′ of the rank, with C = XᵀX / n the second moment of the inputs. The same optimum is
 * known as SVD-LLM, DRONE and CARE; only the numerical route differs.
 * Source: papers cited in docs/methods.md; derivation in docs/numerics.md, "Low rank".
 */
import { WorkbenchError } from '@contract/errors'
import { lowRankFactors } from '../low-rank-factors'
import { secondMoment } from '../second-moment'
import type { LowRankMethod } from './low-rank-method'

export const whitenedSvd: LowRankMethod = {
  name: 'whitened-svd',
  version: 2,
  needsCalibration: true,
  minimises: 'outputs',
  factorize(weight, { moments, damping, products }) {
    if (moments === undefined)
      throw new WorkbenchError('internal', 'whitened-svd was not given its statistics.')
    return lowRankFactors(weight, secondMoment(moments, damping), products)
  }
}
