import { elementwiseCases } from './elementwise-cases'
import type { GradientCases } from './gradient-case'
import { linearCases } from './linear-cases'
import { movementCases } from './movement-cases'
import { normalizationCases } from './normalization-cases'

/** The cases that check the rule of each operator, by operator. */
export const gradientCases: Readonly<Record<string, GradientCases>> = {
  ...elementwiseCases,
  ...linearCases,
  ...normalizationCases,
  ...movementCases
}
