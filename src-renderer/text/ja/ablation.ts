import type { ablation as english } from '../en/ablation'

export const ablation: typeof english = {}
