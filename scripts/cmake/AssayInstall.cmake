# cmake --install: the binary, the CUDA module where one was built, and the task files.
include_guard(GLOBAL)
include(GNUInstallDirs)
if(TARGET assay)
  install(TARGETS assay RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
if(TARGET assay_cuda)
  install(TARGETS assay_cuda LIBRARY DESTINATION lib/assay)  # where the program looks: ../lib/assay
endif()
install(DIRECTORY configs/ DESTINATION ${CMAKE_INSTALL_DATADIR}/assay/configs)
install(DIRECTORY jobs/ DESTINATION ${CMAKE_INSTALL_DATADIR}/assay/jobs)
