/**
 * Espalier as a library. The stages hand frozen data to each other: text → `ArraySpec` → `Design` → Verilog, or a
 * `Backend` that runs matrix products; models run on a backend, campaigns inject faults into models. The command line
 * does nothing that cannot be done here.
 */

// Backends: matrix products on a simulator or on the emitted Verilog.
export {
  BACKENDS,
  type Backend,
  type BackendKind,
  type MatmulJob,
  type MatmulResult,
  type RunOptions,
  type RunStats,
} from './backend/backend.ts';
export { type DoctorReport, doctor } from './backend/doctor.ts';
export { cycleBackend, functionalBackend } from './backend/functional.ts';
export { type MatmulOptions, type Matrix, matmul } from './backend/matmul.ts';
export { openBackend, openRtl } from './backend/open.ts';
export { type OpenTopBackendOptions, type OpenTopOptions, openTop, openTopBackend } from './backend/open-top.ts';
export type { SimulatedTop } from './backend/simulated-top.ts';
export { NO_STALLS, type Stalls } from './backend/top-wire.ts';
// Campaigns: many faults on many images. The spec language is the way to a CampaignSpec, also for a program:
// `selectCampaign(parseSpec(text, file), name, file)` checks it and tells every mistake with its place.
export { Campaign, type CampaignOptions, type CampaignPieces } from './campaign/campaign.ts';
export type { CampaignFault } from './campaign/campaign-fault.ts';
export {
  type CampaignData,
  type CampaignSpec,
  IMAGE_ORDERS,
  type ImageOrder,
  type PeBox,
  type PopulationBits,
  type PopulationKind,
  type PopulationSpec,
  type SamplingSpec,
  STRATA,
  type StratumKey,
} from './campaign/campaign-spec.ts';
export type { ImageInputs } from './campaign/engine/engine.ts';
export type { OutcomeClassifier } from './campaign/engine/layer-engine.ts';
export { EXPORT_TABLES, type ExportTable } from './campaign/export/columns.ts';
export { EXPORT_FORMATS, type ExportFormat, type ExportOptions, exportStore } from './campaign/export/export-store.ts';
export type { ImageSource } from './campaign/inputs/campaign-images.ts';
export { loadCampaign } from './campaign/load-campaign.ts';
export type { CampaignPlace } from './campaign/origin.ts';
export {
  classOf,
  type FaultOutcome,
  MASKED_STAGES,
  type MaskedStage,
  OUTCOME_CLASSES,
  type Outcome,
  type OutcomeClass,
  PATTERNS,
  type Pattern,
} from './campaign/outcome.ts';
export type { CampaignLayer } from './campaign/population/campaign-layer.ts';
export type { Domain, Population, PopulationFault } from './campaign/population/population.ts';
export type { Stratum } from './campaign/population/stratum.ts';
export { type OpenStoredOptions, openStoredCampaign } from './campaign/replay/open-stored-campaign.ts';
export { type ReplayOptions as FaultReplayOptions, replayFault } from './campaign/replay/replay-fault.ts';
export type { ImageReplay, ReplayReport as FaultReplayReport } from './campaign/replay/replay-report.ts';
export { type StoredFault, storedFault } from './campaign/replay/stored-fault.ts';
export type { CampaignSummary, Estimate } from './campaign/report/campaign-summary.ts';
export { type CampaignReport, type ReportOptions, reportCampaign } from './campaign/report/report-campaign.ts';
export { readSummary, summarise } from './campaign/report/summarise.ts';
export { type CampaignProgress, type RunCampaignOptions, runCampaign } from './campaign/run-campaign.ts';
export { type PlannedStratum, planSample, type SamplePlan } from './campaign/sampling/plan-sample.ts';
export { beginStore, resumeStore } from './campaign/start-campaign.ts';
export {
  INTERVAL_METHODS,
  type Interval,
  type IntervalMethod,
  type KnownPart,
  proportionInterval,
  type StratumSample,
} from './campaign/statistics/proportion.ts';
export { type SampleSizeChoice, sampleSize } from './campaign/statistics/sample-size.ts';
export type { DoneFault, FaultRow } from './campaign/store/fault-row.ts';
export { createStore, type NewCampaign, openStore } from './campaign/store/open-store.ts';
export type { CampaignRecord } from './campaign/store/record.ts';
export type { Store, StoreCounts } from './campaign/store/store.ts';
export type { CleanRow, DomainRow, OutcomeRow } from './campaign/store/tables.ts';
export {
  type ValidateOptions,
  type Validator,
  validateCampaign,
} from './campaign/validate/validate-campaign.ts';
export type { ImageValidation } from './campaign/validate/validate-image.ts';
export type { Runner } from './campaign/workers/runner.ts';
export { type WorkerPoolOptions, type WorkerSetup, workerPool } from './campaign/workers/worker-pool.ts';
export { checkOperators, type OperatorCheckOptions } from './check/check-operators.ts';
export { type CheckOptions, type CheckReport, crossCheck } from './check/cross-check.ts';
export { describeMismatch, type Mismatch } from './check/mismatch.ts';
export {
  describeOperatorReport,
  type OperatorMismatch,
  type OperatorReport,
  type OperatorValue,
} from './check/operator-report.ts';
export { type ReplayOptions, type ReplayReport, replayCase } from './check/replay-case.ts';
// Data: inputs of models as people have them.
export { batches } from './data/batches.ts';
export type { DataSource } from './data/data-source.ts';
export { readLabels } from './data/labels.ts';
export { type DataOptions, openData } from './data/open-data.ts';
export { parsePreprocess } from './data/parse-preprocess.ts';
export type { ChannelOrder, ImageSize, Layout, Preprocess } from './data/preprocess.ts';
// Projection and design: everything about one array, worked out once.
export { buildDesign } from './design/build-design.ts';
export type {
  Design,
  FaultSite,
  LineDesign,
  Network,
  Pe,
  RegisterPlane,
  Schedule,
  StreamPort,
} from './design/design.ts';
export { DTYPES, type Dtype, type DtypeInfo, dtypeInfo, isDtype } from './dtype/dtype.ts';
export type { Operator, OperatorKind } from './dtype/operator.ts';
// Verilog.
export { type EmitOptions, type EmittedFile, emitDesign } from './emit/emit-design.ts';
export { arrayPicture } from './emit/picture/picture.ts';
export { writeFiles } from './emit/write-files.ts';
// Errors, all with one sentence for the user.
export {
  CastingError,
  type Diagnostic,
  EspalierError,
  FaultError,
  FileError,
  ModelError,
  OperandError,
  OperatorError,
  ProcessError,
  type ProcessFailure,
  ProjectionError,
  SpecError,
  ToolMissingError,
} from './errors.ts';
// Faults.
export {
  ALWAYS,
  type BitSelection,
  type CycleWindow,
  FAULT_KINDS,
  FAULT_NODES,
  type Fault,
  type FaultKind,
  type FaultNode,
  type FaultReport,
  type FaultSpec,
} from './fault/fault.ts';
export { resolveFault } from './fault/resolve.ts';
export { type OnnxModel, openModel, readTensorFile, type ValueInfo } from './onnx/file/model.ts';
export { compatibleLayers, type LayerInfo, listLayers } from './onnx/graph/layers.ts';
export { LOWERINGS, type Lowering } from './onnx/lowering/lowering.ts';
export type { ProductShape } from './onnx/lowering/product-shape.ts';
export {
  type LayerPlan,
  type LoweredPlan,
  type ModelPlan,
  type PlanOptions,
  planLayers,
} from './onnx/plan/plan-layers.ts';
export type { InputSizes } from './onnx/plan/zero-inputs.ts';
// ONNX: chosen layers of a model on a backend.
export { countCorrect, holdsScores, predictClasses } from './onnx/run/classes.ts';
export { type ConvolveOptions, type ConvolveResult, convolve, convolveWithArray } from './onnx/run/convolve.ts';
export {
  type BaselineEvaluation,
  type EvaluatedOutput,
  type EvaluateOptions,
  type Evaluation,
  type EvaluationProgress,
  evaluate,
} from './onnx/run/evaluate.ts';
export { type LayerDump, layerDump } from './onnx/run/layer-dump.ts';
export type { LayerFaultReport, LayerReport } from './onnx/run/layer-report.ts';
export { type BatchOptions, type ModelBatches, modelBatches } from './onnx/run/model-batches.ts';
export { type FaultPlace, type PlacedFault, splitFaultPlace } from './onnx/run/placed-fault.ts';
export type { LayerComparison } from './onnx/run/reference-layer.ts';
export { type ReplacedModel, type ReplaceOptions, replaceLayers } from './onnx/run/replace-layers.ts';
export type { LayerTensors, ModelProgress, ModelResult, ModelRunOptions } from './onnx/run/run-stages.ts';
export { openRuntimeModel, type RuntimeModel } from './onnx/run/runtime-model.ts';
export { type Accuracy, AccuracyCount, findScores } from './onnx/run/scores.ts';
export { sumReports } from './onnx/run/sum-reports.ts';
export { countTopK } from './onnx/run/top-k.ts';
export { emitPackage } from './packaging/emit-package.ts';
export { type Matrix3, PRESET_NAMES, PRESETS, type PresetName } from './projection/space-time.ts';
// The top module: AXI4-Stream and AXI4-Lite around the grid, and what drives it through any transport.
export type { JobPlanning } from './schedule/plan.ts';
// Spec language: text → ArraySpec and FaultSpec.
export type { ArrayInput, ArraySpec, SpecFile } from './spec/array-spec.ts';
export { MAX_FAULT_SLOTS, MAX_SIDE, MAX_STAGES } from './spec/array-spec.ts';
export { formatFault, formatSpec } from './spec/format.ts';
export { formatCampaign } from './spec/format-campaign.ts';
export { loadSpec, selectFault } from './spec/load.ts';
export { loadOperator } from './spec/load-operator.ts';
export { parseFault, parseSpec } from './spec/parse.ts';
export { selectArray, selectCampaign } from './spec/select-item.ts';
export { type SpecReference, splitSpecReference } from './spec/spec-reference.ts';
export type { CellCounts } from './synth/cells.ts';
export type { ClockReport } from './synth/clock.ts';
export { type ArrayCells, type SynthesisOptions, type SynthesisReport, synthesise } from './synth/synthesise.ts';
// Tensors and their files.
export { concatenate } from './tensor/concatenate.ts';
export { decodeNpy, encodeNpy, readNpy, writeNpy } from './tensor/npy.ts';
export { readNpz, writeNpz } from './tensor/npz.ts';
export { ELEMENT_TYPES, type ElementType, type Tensor, type TensorData, tensor } from './tensor/tensor.ts';
export { emitTestbench, emitTopTestbench } from './testbench/emit-testbench.ts';
export { TopDriver } from './top/driver.ts';
export { encodeTile, ResultReader, type TileMatrices } from './top/packets.ts';
export {
  FAULT_REGISTERS,
  faultRegistersOf,
  REGISTERS,
  type RegisterEntry,
  type RegisterField,
} from './top/register-map.ts';
export type { SoftResetOptions } from './top/register-writes.ts';
export type { TileSchedule } from './top/tile-header.ts';
export { type TopDesign, topDesign, topPlanning } from './top/top-design.ts';
export type { RegisterAnswer, RunOutcome, RunUntil, StreamBeats, TopTransport } from './top/transport.ts';

/** The version of this package. */
export { VERSION } from './version.ts';
