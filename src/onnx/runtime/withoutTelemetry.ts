// ONNX Runtime 1.30 reports its use to Microsoft (mobile.events.data.microsoft.com), and keeps a device id in the user's
// cache, unless this is set when it is loaded. Whoever wants it sets the variable to 0. Must be imported before it.
process.env['ORT_DISABLE_TELEMETRY'] ??= '1'
