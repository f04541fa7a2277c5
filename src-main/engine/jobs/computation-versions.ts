import { rankPolicyTable } from '../../compression/allocation/policies'
import { int8DynamicVersion } from '../../compression/methods/int8-dynamic'
import { lowRankMethodTable } from '../../compression/methods/methods'
import { findNormalizer, normalizerNames } from '../../speech/text/normalizers'
import { calibrationVersion } from './calibrate'
import { evaluationVersion } from './evaluate-model'

/**
 * Versions of everything whose change would change a trial's numbers: part of every trial's identity, so that results
 * of older code are never taken for results of this one.
 */
export const computationVersions: Readonly<Record<string, number>> = {
  ...Object.fromEntries(Object.values(lowRankMethodTable).map(({ name, version }) => [name, version])),
  ...Object.fromEntries(normalizerNames.map((name) => [`normalizer ${name}`, findNormalizer(name).version])),
  'int8-dynamic': int8DynamicVersion,
  ...Object.fromEntries(
    Object.values(rankPolicyTable).map(({ name, version }) => [`ranks ${name}`, version])
  ),
  calibration: calibrationVersion,
  evaluation: evaluationVersion
}
