import { defined } from '../shared/defined';
import {
  isObject,
  optionalCount,
  optionalString,
  optionalStrings,
  requireArray,
  requireObject,
  requireString,
} from './json';
import type {
  ModelDetails,
  PsModel,
  PsResponse,
  PullLine,
  ShowResponse,
  TagsModel,
  TagsResponse,
} from './wire';

/**
 * Readers of the answers that are not streamed: strict in what names a thing, lenient in the rest, blind
 * to fields they do not know. Each throws an `OllamaError` of kind `protocol`.
 */

export function readTags(value: unknown): TagsResponse {
  const { models } = requireObject(value, 'The response of /api/tags');
  // A server without models may say null, as Go does for an empty list.
  return { models: requireArray(models ?? [], 'The list of models', readTagsModel) };
}

export function readPs(value: unknown): PsResponse {
  const { models } = requireObject(value, 'The response of /api/ps');
  return { models: requireArray(models ?? [], 'The list of loaded models', readPsModel) };
}

export function readShow(value: unknown): ShowResponse {
  const show = requireObject(value, 'The response of /api/show');
  return defined({
    license: optionalString(show['license']),
    template: optionalString(show['template']),
    parameters: optionalString(show['parameters']),
    system: optionalString(show['system']),
    details: readDetails(show['details']),
    model_info: isObject(show['model_info']) ? show['model_info'] : {},
    capabilities: optionalStrings(show['capabilities']),
    remote_model: optionalString(show['remote_model']),
    remote_host: optionalString(show['remote_host']),
    modified_at: optionalString(show['modified_at']),
  });
}

export function readVersion(value: unknown): string {
  const { version } = requireObject(value, 'The response of /api/version');
  return requireString(version, 'The version');
}

export function readPullLine(value: unknown): PullLine {
  const line = requireObject(value, 'A line of the download');
  return defined({
    status: requireString(line['status'], 'The status of the download'),
    digest: optionalString(line['digest']),
    total: optionalCount(line['total']),
    completed: optionalCount(line['completed']),
  });
}

function readTagsModel(value: unknown): TagsModel {
  const model = requireObject(value, 'A model');
  return defined({
    name: readName(model),
    modified_at: optionalString(model['modified_at']),
    size: optionalCount(model['size']) ?? 0,
    digest: optionalString(model['digest']),
    details: readDetails(model['details']),
    capabilities: optionalStrings(model['capabilities']),
    remote_model: optionalString(model['remote_model']),
    remote_host: optionalString(model['remote_host']),
  });
}

function readPsModel(value: unknown): PsModel {
  const model = requireObject(value, 'A loaded model');
  return defined({
    name: readName(model),
    size: optionalCount(model['size']) ?? 0,
    size_vram: optionalCount(model['size_vram']) ?? 0,
    digest: optionalString(model['digest']),
    details: readDetails(model['details']),
    expires_at: optionalString(model['expires_at']),
    context_length: optionalCount(model['context_length']),
  });
}

/** `name` and `model` say the same; some gateways send only one of them. */
function readName(model: Readonly<Record<string, unknown>>): string {
  return requireString(model['name'] ?? model['model'], 'The name of a model');
}

function readDetails(value: unknown): ModelDetails {
  const details = isObject(value) ? value : {};
  return defined({
    format: optionalString(details['format']),
    family: optionalString(details['family']),
    parameter_size: optionalString(details['parameter_size']),
    quantization_level: optionalString(details['quantization_level']),
    context_length: optionalCount(details['context_length']),
  });
}
