import type { tradeOff as english } from '../en/trade-off'

export const tradeOff: typeof english = {}
