import type { numbers as english } from '../en/numbers'

export const numbers: typeof english = {
  durations: {
    seconds: (count) => `${count} 秒`,
    minutes: (count) => `${count} 分`,
    hours: (count) => `${count} 時間`,
    minutesAndSeconds: (minutes, seconds) => `${minutes} 分 ${seconds} 秒`,
    hoursAndMinutes: (hours, minutes) => `${hours} 時間 ${minutes} 分`
  },
  range: (lower, upper) => `${lower} ～ ${upper}`
}
