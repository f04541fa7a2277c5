import type { library as english } from '../en/library'
import { numbers } from './numbers'

export const library: typeof english = {
  title: 'ライブラリ',
  add: 'モデルまたはデータセットを追加…',
  chooseTitle: 'モデルまたはデータセットを選択',
  models: 'モデル',
  datasets: 'データセット',
  order: '並び順',
  recent: '最近使った順',
  byName: '名前順',
  loading: 'ライブラリを読み込んでいます…',

  looking: (path) => `${path} を読み込んでいます…`,
  lookingHint: '大きなモデルは数秒かかります。データセットは書き起こしと一部の録音だけを読み込みます。',
  stop: '中止',
  recognizedModel: 'モデルです',
  recognizedDataset: 'データセットです',
  notRecognized: 'Lathe が扱えるモデルでもデータセットでもありません',
  notRecognizedModel: 'このモデルは開けません',
  known: 'すでにライブラリにあります。もう一度追加すると情報が更新されます。',
  addIt: 'ライブラリに追加',
  addAgain: '情報を更新',
  cancel: 'キャンセル',
  chooseOther: '別のものを選択…',

  family: '種類',
  families: {
    'ctc-encoder': 'CTC エンコーダー',
    'audio-classifier': '音声分類器'
  },
  unknownFamily: '未対応',
  unknownFamilyHint: '中身を調べることはできますが、実行できないためスタディでは測定できません。',
  parameters: 'パラメーター数',
  size: 'サイズ',
  linearLayers: '線形層',
  sampleRate: 'サンプリング周波数',
  hertz: (rates) => `${rates.map((rate) => rate / 1000).join('、')} kHz`,
  license: 'ライセンス',
  languages: '言語',
  trained: 'Lathe で学習',
  trainedAt: (step) => `ステップ ${step}`,
  trainedTo: (step, rate) => `ステップ ${step}、開発セットの WER ${rate}`,
  layout: '形式',
  utterances: '発話数',
  speakers: '話者数',
  classes: 'クラス数',
  length: '長さ',
  durations: numbers.durations,
  about: (length) => `約 ${length}`,
  estimatedHint: 'データセットに長さの記載がないため、一部の録音から計算しました。',
  incomplete: (entries, first) =>
    `不完全な項目が ${entries} 件あります（最初の項目: ${first}）。読めない録音を除外する設定がレシピにない場合、スタディはそこで止まります。`,
  audioProblem: (problem) => `デコードできない録音があります: ${problem}`,

  inspect: '調べる',
  newStudy: '新しいスタディ',
  newStudyWith: (name) => `${name} で新しいスタディ`,
  inspectNamed: (name) => `${name} を調べる`,
  remove: '削除',
  removeNamed: (name) => `${name} をライブラリから削除`,
  removed: (name) => `${name} を一覧から外しました。ファイルは元の場所にあります。`,
  relocate: '場所を指定し直す…',
  relocateTitle: (name) => `${name} は今どこにありますか`,

  emptyTitle: 'まず音声モデルを開きましょう',
  empty:
    'ONNX 音声モデルのフォルダーまたは .onnx ファイルと、測定に使う録音（書き起こし付きのフォルダーまたはマニフェスト）を開いてください。コピーも変更もせず、場所だけを記憶します。',
  demo: 'デモを追加',
  demoName: 'デモ',
  demoHint: 'Lathe で作られ、Lathe に付属する小さな認識モデルと短い音声です。',
  demoTitle: 'すぐに実行できる最初のスタディ',
  demoStudy: (trials) =>
    `デモのモデルをさまざまな方法で小さくした ${trials - 1} 個の版を作り、モデルが聴いたことのない話者の音声で元のモデルと並べて測定し、それぞれの誤り、バイト数、時間を示します。2 コアで数分かかります。`,
  demoRun: 'デモのスタディを実行',
  demoEdit: '先にレシピを見る',
  demoFollowed: '最初の点が得られしだい表示します。',
  noModels: 'モデルがまだありません。ONNX 音声モデルのフォルダーまたは .onnx ファイルを追加してください。',
  noDatasets:
    'データセットがまだありません。マニフェストや LibriSpeech 形式のフォルダーなど、書き起こし付きの録音を追加してください。',
  describing: 'Lathe が認識できるモデル',
  describingTitle: 'モデルの記述方法'
}
