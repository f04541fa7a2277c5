import { rankPolicyTable } from '../../compression/allocation/policies'
import { lowRankMethodTable } from '../../compression/methods/methods'
import { precisionTable } from '../../compression/methods/precisions'
import { refitVersion } from '../../compression/refit'
import { fuseAttentionVersion } from '../../onnx/passes/fuse-attention'
import { findNormalizer, normalizerNames } from '../../speech/text/normalizers'
import { calibrationVersion } from './calibrate'
import { evaluationVersion } from './evaluate-model'
import { sensitivityVersion } from './measure-sensitivity'
import { machineProbeVersion } from './probe-machine'
import { sequentialVersion } from './sequential-calibration'

/**
 * Versions of everything whose change would change a trial's numbers. A trial's identity holds those that concern it
 * (`study/trial-spec`), so that results of older code are never taken for results of this one.
 *
 * The rule: one goes up with every change after which equal inputs may give another number, be it in its last digit, and
 * also when the change is in a room below. A change of `linalg` (eigenvalues, products, orthonormal rows, solving) raises
 * every method, `sequential` and, for the solving, `refit`; of the front ends or decoders `calibration` and `evaluation`; of
 * what the runtime is told to do all that run models. A faster way to the same bits raises none. When in doubt raise: what
 * that costs is a computation, what it saves is a table whose rows came from two programs.
 */
export const computationVersions: Readonly<Record<string, number>> = {
  ...versions('method', Object.values(lowRankMethodTable)),
  ...versions('ranks', Object.values(rankPolicyTable)),
  ...versions('precision', Object.values(precisionTable)),
  ...versions('normalizer', normalizerNames.map(findNormalizer)),
  'fuse-attention': fuseAttentionVersion,
  calibration: calibrationVersion,
  evaluation: evaluationVersion,
  refit: refitVersion,
  sequential: sequentialVersion,
  sensitivity: sensitivityVersion,
  probe: machineProbeVersion
}

function versions(
  kind: string,
  items: readonly { readonly name: string; readonly version: number }[]
): Record<string, number> {
  return Object.fromEntries(items.map(({ name, version }) => [`${kind} ${name}`, version]))
}
