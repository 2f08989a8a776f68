"""The control plane: a second server, off unless asked for, by which tests and people direct the first."""

from connectors.emulator.control.app import create_control_app as create_control_app
