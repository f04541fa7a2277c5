import type { inspect as english } from '../en/inspect'

export const inspect: typeof english = {}
