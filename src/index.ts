/**
 * Espalier as a library. The stages hand frozen data to each other: text → `ArraySpec` → `Design` → Verilog, or a
 * `Backend` that runs matrix products; models run on a backend. The command line does nothing that cannot be done here.
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
export { openBackend, openRtl } from './backend/open.ts';
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
export { type EmittedFile, emitDesign } from './emit/emit-design.ts';
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
// ONNX: chosen layers of a model on a backend.
export { countCorrect, holdsScores, predictClasses } from './onnx/classes.ts';
export type { LayerReport } from './onnx/layer-report.ts';
export { type LayerInfo, listLayers } from './onnx/layers.ts';
export { type OnnxModel, openModel, readTensorFile, type ValueInfo } from './onnx/model.ts';
export { type ReplacedModel, type ReplaceOptions, replaceLayers } from './onnx/replace-layers.ts';
export type { ModelProgress, ModelResult, ModelRunOptions } from './onnx/run-stages.ts';
export { type Matrix3, PRESET_NAMES, PRESETS, type PresetName } from './projection/space-time.ts';
// Spec language: text → ArraySpec and FaultSpec.
export type { ArrayInput, ArraySpec, SpecFile } from './spec/array-spec.ts';
export { MAX_FAULT_SLOTS, MAX_SIDE, MAX_STAGES } from './spec/array-spec.ts';
export { formatFault, formatSpec } from './spec/format.ts';
export { loadSpec, type SpecReference, selectArray, selectFault, splitSpecReference } from './spec/load.ts';
export { loadOperator } from './spec/load-operator.ts';
export { parseFault, parseSpec } from './spec/parse.ts';
// Tensors and their files.
export { decodeNpy, encodeNpy, readNpy, writeNpy } from './tensor/npy.ts';
export { ELEMENT_TYPES, type ElementType, type Tensor, type TensorData, tensor } from './tensor/tensor.ts';

/** The version of this package. */
export { VERSION } from './version.ts';
