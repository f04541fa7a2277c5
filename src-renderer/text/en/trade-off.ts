/** Text of the trade-off view. */
export const tradeOff = {}
