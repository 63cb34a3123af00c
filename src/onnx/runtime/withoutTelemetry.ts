// ONNX Runtime 1.30 sends usage data to Microsoft (mobile.events.data.microsoft.com) and keeps a device id in the user's
// cache, unless this variable is set when it is loaded. Set the variable to 0 to opt in. Import this file before it.
process.env['ORT_DISABLE_TELEMETRY'] ??= '1'
