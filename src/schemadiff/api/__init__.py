"""schemadiff as a library: one public function a file."""
