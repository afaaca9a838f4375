"""Chapter 02 (资源配置)."""
