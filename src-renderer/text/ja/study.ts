import type { study as english } from '../en/study'

export const study: typeof english = {}
