/** Text of the inspect view. */
export const inspect = {}
