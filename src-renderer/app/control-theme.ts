import type { GlobalThemeOverrides } from 'naive-ui'

/** Colours and measures of the controls, the same as in tokens.css, which the library cannot read. */
export function controlTheme(isDark: boolean): GlobalThemeOverrides {
  const accent = isDark ? '#79b4e8' : '#1f5f96'
  const strong = isDark ? '#98c6ef' : '#184b77'
  return {
    common: {
      primaryColor: accent,
      primaryColorHover: strong,
      primaryColorPressed: strong,
      primaryColorSuppl: accent,
      borderRadius: '6px',
      fontFamily: "system-ui, -apple-system, 'Segoe UI', 'Liberation Sans', 'DejaVu Sans', sans-serif",
      fontFamilyMono:
        "ui-monospace, 'SF Mono', 'Cascadia Mono', 'Liberation Mono', 'DejaVu Sans Mono', monospace",
      fontSize: '14px',
      textColorBase: isDark ? '#e4e8ec' : '#1b2026',
      bodyColor: isDark ? '#14171a' : '#f5f6f7',
      cardColor: isDark ? '#1b1f24' : '#ffffff',
      modalColor: isDark ? '#1b1f24' : '#ffffff',
      popoverColor: isDark ? '#22272d' : '#ffffff',
      borderColor: isDark ? '#454e58' : '#c3cad1'
    }
  }
}
