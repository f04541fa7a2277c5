import ts from 'typescript-eslint'
import vue from 'eslint-plugin-vue'

// Type-aware rules over every TypeScript and Vue file. Layout is Prettier's job, so Vue's layout rules are off.
export default ts.config(
  { ignores: ['src-main/base/platform.d.ts', 'out', 'dist', 'demo-out', 'node_modules', 'coverage'] },
  ...ts.configs.recommendedTypeChecked,
  ...vue.configs['flat/recommended'],
  {
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.vue']
      }
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true }
      ],
      '@typescript-eslint/only-throw-error': 'error',
      // An async signature is often dictated by a port whose other implementations do wait.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true }
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'NewExpression[callee.name="Error"]',
          message: 'Throw a WorkbenchError with a code (src-preload/contract/errors.ts).'
        }
      ],
      eqeqeq: 'error'
    }
  },
  { files: ['**/*.vue'], languageOptions: { parserOptions: { parser: ts.parser } } },
  {
    files: ['**/*.vue'],
    rules: {
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-indent': 'off',
      'vue/html-closing-bracket-newline': 'off'
    }
  },
  {
    // A test may fail with any error; it is the code under test that must be coded.
    files: ['**/*.test.ts', 'tests/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'CallExpression[callee.object.name=/^(it|test|describe)$/][callee.property.name="only"]',
          message: 'A focused test hides the others.'
        }
      ]
    }
  },
  { files: ['**/*.js'], ...ts.configs.disableTypeChecked }
)
