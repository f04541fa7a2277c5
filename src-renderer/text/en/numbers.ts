import { englishDurations, englishRange } from '@contract/display-numbers'

/** What stands between and after numbers, wherever they are shown. */
export const numbers = { durations: englishDurations, range: englishRange }
